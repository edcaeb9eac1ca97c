package io.weir.kit.testkit;

import io.weir.kit.contract.AvroMapping;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.RegistryClient;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.contract.Schemas.Part;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/**
 * The test JVM's Apicurio Registry, kept in memory.
 *
 * @param url its REST API, version 3: {@code http://127.0.0.1:32801/apis/registry/v3}
 */
public record TestRegistry(String url) {

    /** Its older REST API, which Debezium's converter speaks. */
    public String v2Url() {
        return url.replaceFirst("/v3$", "/v2");
    }

    /** The answer to a GET of a path below {@link #url}: {@code /groups}. */
    public HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(URI.create(url + path)).build());
    }

    /** The answer to a POST of a JSON document to a path below {@link #url}. */
    public HttpResponse<String> post(String path, String json) {
        return send(HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    /** Publishes the schemas of all of a domain's products, as contract-service does, and gives what reads them. */
    public RegistrySchemas publish(Domain domain) {
        RegistryClient registry = new RegistryClient(URI.create(url));
        for (DataProduct product : domain.products().values()) {
            for (Part part : Part.values()) {
                registry.publish(
                        product.name().domain(),
                        RegistrySchemas.artifact(product.name(), part),
                        RegistryClient.Type.AVRO,
                        null,
                        AvroMapping.schema(product, part).toString(),
                        List.of());
            }
        }
        return new RegistrySchemas(registry);
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException("The registry does not answer " + request.uri(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
