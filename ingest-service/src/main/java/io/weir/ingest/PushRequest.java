package io.weir.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.JsonRowException;
import io.weir.kit.contract.JsonRows;
import io.weir.kit.contract.RowRules;
import io.weir.kit.contract.RowType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the body of a push against the product's contract: every change of it, or every mistake in it. Pure. */
final class PushRequest {

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Set<String> FIELDS = Set.of("operationId", "op", "row");
    private static final int LONGEST_ID = 200;

    private PushRequest() {}

    /** What a body turned out to be. */
    sealed interface Reading {}

    /** All is well. */
    record Changes(List<Change> changes) implements Reading {}

    /** The body is no JSON. */
    record Malformed(String detail) implements Reading {}

    /** More changes than one request may have. */
    record TooMany(int changes) implements Reading {}

    /** Changes that break the contract, or that are no changes. */
    record Violations(List<Violation> violations) implements Reading {}

    /** One change: {@code row} is null for a deletion. */
    record Change(
            String operationId,
            @Nullable Object[] key,
            @Nullable Object @Nullable [] row) {}

    /**
     * One mistake.
     *
     * @param row index in {@code changes}, from 0; -1: the request as a whole
     * @param rule the contract's rule, or {@code type}, {@code unknown}, {@code required}
     */
    record Violation(int row, @Nullable String operationId, String field, String rule, String message) {}

    static Reading read(byte[] body, DataProduct product, int maxRows) {
        JsonNode json;
        try {
            json = MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            return new Malformed("the body is no JSON: line %d, column %d"
                    .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
        } catch (IOException e) {
            return new Malformed("the body cannot be read");
        }
        if (!(json.get("changes") instanceof ArrayNode changes) || json.size() != 1) {
            return new Violations(
                    List.of(
                            new Violation(
                                    -1,
                                    null,
                                    "changes",
                                    "type",
                                    "write {\"changes\": [{\"operationId\": ..., \"op\": \"upsert\" or \"delete\", \"row\": {...}}]}")));
        }
        if (changes.size() > maxRows) {
            return new TooMany(changes.size());
        }
        RowRules rules = RowRules.of(product);
        List<Change> read = new ArrayList<>();
        List<Violation> violations = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            change(i, changes.get(i), product, rules, read, violations);
        }
        return violations.isEmpty() ? new Changes(read) : new Violations(violations);
    }

    private static void change(
            int index,
            JsonNode json,
            DataProduct product,
            RowRules rules,
            List<Change> read,
            List<Violation> violations) {
        String operationId = json.path("operationId").textValue();
        int before = violations.size();
        json.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                violations.add(new Violation(
                        index, operationId, name, "unknown", "a change has operationId, op and row only"));
            }
        });
        if (operationId == null || operationId.isEmpty() || operationId.length() > LONGEST_ID) {
            violations.add(new Violation(
                    index,
                    null,
                    "operationId",
                    "required",
                    "a text of 1 to %d characters that names this change, the same when it is sent again"
                            .formatted(LONGEST_ID)));
        }
        String op = json.path("op").asText("");
        if (!op.equals("upsert") && !op.equals("delete")) {
            violations.add(new Violation(index, operationId, "op", "type", "\"upsert\" or \"delete\""));
        }
        JsonNode row = json.path("row");
        if (violations.size() > before) {
            return;
        }
        boolean delete = op.equals("delete");
        RowType type = delete ? product.keyType() : product.rowType();
        @Nullable Object[] values;
        try {
            values = JsonRows.read(row, type);
        } catch (JsonRowException wrong) {
            wrong.errors()
                    .forEach(error -> violations.add(new Violation(
                            index,
                            operationId,
                            error.field().isEmpty() ? "row" : error.field(),
                            error.rule(),
                            delete ? error.message() + " (a delete names the primary key only)" : error.message())));
            return;
        }
        @Nullable Object[] key = delete ? values : keyOf(values, product);
        for (int i = 0; i < key.length; i++) {
            if (key[i] == null) {
                violations.add(new Violation(
                        index,
                        operationId,
                        product.keyType().columns().get(i).name(),
                        "required",
                        "a value: it is part of the primary key"));
                return;
            }
        }
        if (!delete) {
            rules.firstBroken(values)
                    .ifPresent(rule -> violations.add(
                            new Violation(index, operationId, rule.field(), rule.name(), rule.demand())));
        }
        if (violations.size() == before && operationId != null) {
            read.add(new Change(operationId, key, delete ? null : values));
        }
    }

    private static @Nullable Object[] keyOf(@Nullable Object[] row, DataProduct product) {
        @Nullable Object[] key = new @Nullable Object[product.key().size()];
        for (int i = 0; i < key.length; i++) {
            key[i] = row[product.key().get(i)];
        }
        return key;
    }
}
