package io.weir.kit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of mistake with the exact words that the user reads. */
class DomainFolderTest {

    private static final Path EXAMPLE = Path.of("../../examples/jaffle-shop");

    @TempDir
    Path folder;

    @BeforeEach
    void writeASmallDomain() throws IOException {
        write("domain.yaml", """
                apiVersion: weir/v1
                kind: Domain
                name: jaffle
                team:
                  name: shop-data
                  contact: shop-data@jaffle.example
                """);
        write("sources/shop.yaml", """
                apiVersion: weir/v1
                kind: Source
                name: shop
                connection:
                  url: postgresql://${SHOP_DB:localhost:15432}/shop
                  user: weir_capture
                  passwordFrom: { env: SHOP_PASSWORD }
                capture: auto
                tables:
                  - name: public.customers
                    product: customers
                onSchemaChange: evolve
                """);
        write("contracts/customers.odcs.yaml", contract("bronze.jaffle.customers.v1"));
        write("contracts/customer.odcs.yaml", contract("silver.jaffle.customer.v1"));
        write("contracts/profile.odcs.yaml", contract("gold.jaffle.profile.v1"));
        write("silver/customer.sql", "SELECT id, email FROM bronze.customers\n");
        write("gold/profile.sql", "SELECT id, email FROM silver.customer\n");
        write("syncs/crm.yaml", """
                apiVersion: weir/v1
                kind: Sync
                name: crm
                from: gold.profile
                to:
                  jdbc:
                    url: postgresql://crm.example/crm
                    table: public.profile
                    user: weir_sync
                    passwordFrom: { file: /run/secrets/crm }
                mode: upsert
                key: { id: customer_id }
                fields:
                  email: mail
                approvedBy: shop-data@jaffle.example
                """);
    }

    @Test
    void shouldReadTheExampleDomain() {
        Domain domain = DomainFolder.load(EXAMPLE, Map.of("CRM_DB", "crm.example:5433")::get);

        assertThat(domain.name()).isEqualTo("jaffle");
        assertThat(domain.contact()).isEqualTo("shop-data@jaffle.example");
        assertThat(domain.products().keySet().stream().map(ProductName::topic))
                .contains("bronze.jaffle.customers.v1", "silver.jaffle.customer.v1", "gold.jaffle.store_sales.v1");
        assertThat(domain.models(Layer.SILVER).stream()
                        .map(model -> model.product().product()))
                .containsExactly("customer", "order", "order_item");
        assertThat(domain.sources()).extracting(Source::name).containsExactly("partners", "shop");
        assertThat(domain.sources().getLast().connection().orElseThrow().jdbcUrl())
                .isEqualTo("jdbc:postgresql://localhost:15432/shop");
        assertThat(domain.syncs().getFirst().to().jdbcUrl()).isEqualTo("jdbc:postgresql://crm.example:5433/crm");
        DataProduct customer = domain.find("silver.customer").orElseThrow();
        assertThat(customer.keyType().columns())
                .containsExactly(new Column("customer_id", new DataType.BigInt(), false));
        assertThat(RowRules.of(customer).all())
                .extracting(RowRule::name)
                .contains("required", "format", "maxLength", "pattern");
    }

    @Test
    void shouldReadASmallDomainWhole() {
        Domain domain = load();

        assertThat(domain.sources()).singleElement().satisfies(source -> {
            assertThat(source.tables())
                    .containsExactly(
                            new Source.Table("public.customers", ProductName.ofTopic("bronze.jaffle.customers.v1")));
            assertThat(source.connection().orElseThrow().password())
                    .isEqualTo(Optional.of(new Secret.Env("SHOP_PASSWORD")));
        });
        assertThat(domain.syncs()).singleElement().satisfies(sync -> {
            assertThat(sync.key()).isEqualTo(Map.of("id", "customer_id"));
            assertThat(sync.fields()).isEqualTo(Map.of("email", "mail"));
            assertThat(sync.to().port()).isEqualTo(5432);
            assertThat(sync.to().password()).isEqualTo(Optional.of(new Secret.File("/run/secrets/crm")));
        });
        assertThat(domain.find("gold.profile").orElseThrow().document()).containsEntry("version", "1.0.0");
    }

    @Test
    void shouldTellAMissingFolder() {
        assertThatThrownBy(() -> DomainFolder.load(Path.of("nowhere"), _ -> null))
                .hasMessage("nowhere: no such folder: name the folder that holds domain.yaml");
    }

    @Test
    void shouldTellAMissingDomainFile() throws IOException {
        Files.delete(folder.resolve("domain.yaml"));

        tells("domain.yaml: missing in %s: a domain folder starts with it".formatted(folder));
    }

    @Test
    void shouldTellBrokenYaml() throws IOException {
        change("domain.yaml", "name: jaffle", "name: [jaffle");

        tells("domain.yaml:4:5: not YAML: expected ',' or ']', but got :");
    }

    @Test
    void shouldTellAnUnknownField() throws IOException {
        change("sources/shop.yaml", "connection:", "conection:");

        tells(
                "sources/shop.yaml:1:1: \"connection\" is missing",
                "sources/shop.yaml:4:1: unknown field \"conection\" (did you mean \"connection\"?)");
    }

    @Test
    void shouldTellAnUnknownFieldThatResemblesNone() throws IOException {
        change("domain.yaml", "team:", "colour: blue\nteam:");

        tells("domain.yaml:4:1: unknown field \"colour\"; there is: apiVersion, kind, name, description, team");
    }

    @Test
    void shouldTellAFieldThatAppearsTwice() throws IOException {
        change("domain.yaml", "team:", "name: other\nteam:");

        tells("domain.yaml:4:1: field \"name\" appears twice: remove one");
    }

    @Test
    void shouldTellAWrongKindOfFile() throws IOException {
        change("domain.yaml", "kind: Domain", "kind: Source");

        tells("domain.yaml:2:7: kind is \"Source\": write Domain");
    }

    @Test
    void shouldTellAWrongType() throws IOException {
        change("domain.yaml", "team:\n  name: shop-data\n  contact: shop-data@jaffle.example", "team: shop-data");

        tells("domain.yaml:4:7: \"team\" needs fields (name: value), found \"shop-data\"");
    }

    @Test
    void shouldTellAListThatIsNone() throws IOException {
        change("sources/shop.yaml", "tables:\n  - name: public.customers\n    product: customers", "tables: customers");

        tells(
                "sources/shop.yaml:9:9: \"tables\" needs a list, found \"customers\"",
                "sources/shop.yaml:9:9: \"tables\" names no table: a source captures at least one");
    }

    @Test
    void shouldTellAnUnknownLogicalType() throws IOException {
        change("contracts/customer.odcs.yaml", "logicalType: integer", "logicalType: intger");

        tells("contracts/customer.odcs.yaml:13:22: logicalType \"intger\" is not known (did you mean \"integer\"?)");
    }

    @Test
    void shouldTellAnUnknownPhysicalType() throws IOException {
        change("contracts/customer.odcs.yaml", "logicalType: integer", "physicalType: bigintt");

        tells("contracts/customer.odcs.yaml:13:23: physicalType \"bigintt\" is not known (did you mean \"bigint\"?)");
    }

    @Test
    void shouldTellADecimalOutOfRange() throws IOException {
        change("contracts/customer.odcs.yaml", "logicalType: integer", "physicalType: decimal(50,2)");

        tells(
                "contracts/customer.odcs.yaml:13:23: physicalType decimal(50,2): precision is 1 to 38, scale 0 to precision");
    }

    @Test
    void shouldTellTypesThatContradictEachOther() throws IOException {
        change(
                "contracts/customer.odcs.yaml",
                "logicalType: integer",
                "logicalType: integer\n        physicalType: text");

        tells("contracts/customer.odcs.yaml:14:23: physicalType \"text\" is no integer: its logicalType is string");
    }

    @Test
    void shouldTellAColumnWithoutType() throws IOException {
        change("contracts/customer.odcs.yaml", "        logicalType: integer\n", "");

        tells("contracts/customer.odcs.yaml:12:9: column \"id\" has no type: add a logicalType "
                + "(string, integer, number, boolean, date, timestamp, time, array, object)");
    }

    @Test
    void shouldTellAColumnThatAppearsTwice() throws IOException {
        change("contracts/customer.odcs.yaml", "name: email", "name: id");

        assertThat(problems()).contains("contracts/customer.odcs.yaml:15:15: column \"id\" appears twice: remove one");
    }

    @Test
    void shouldTellAColumnNameThatAvroAndSqlCannotShare() throws IOException {
        change("contracts/customer.odcs.yaml", "name: email", "name: E-Mail");

        tells("contracts/customer.odcs.yaml:15:15: column \"E-Mail\": write lower-case letters, digits and _ "
                + "(did you mean \"e_mail\"?)");
    }

    @Test
    void shouldTellAProductWithoutPrimaryKey() throws IOException {
        change("contracts/customer.odcs.yaml", "        primaryKey: true\n", "");

        tells(
                "contracts/customer.odcs.yaml:9:5: silver.jaffle.customer.v1 has no primary key: mark its columns with "
                        + "primaryKey: true, or say that the whole row is the key with customProperties {property: key, value: row}");
    }

    @Test
    void shouldTellPrimaryKeyPositionsThatDoNotAddUp() throws IOException {
        change("contracts/customer.odcs.yaml", "logicalType: string", "logicalType: string\n        primaryKey: true");

        tells(
                "contracts/customer.odcs.yaml:14:9: the 2 primary-key columns need primaryKeyPosition 1 to 2, each once",
                "contracts/customer.odcs.yaml:17:9: the 2 primary-key columns need primaryKeyPosition 1 to 2, each once");
    }

    @Test
    void shouldTellABadTopic() throws IOException {
        change("contracts/customer.odcs.yaml", "silver.jaffle.customer.v1", "silver.customer");

        assertThat(problems())
                .contains(
                        "contracts/customer.odcs.yaml:10:19: physicalName \"silver.customer\" is not a product's topic: "
                                + "it has the form <bronze|silver|gold>.<domain>.<product>.v<major>");
    }

    @Test
    void shouldTellATopicOfAnotherDomain() throws IOException {
        change("contracts/customer.odcs.yaml", "silver.jaffle.customer.v1", "silver.shoes.customer.v1");

        assertThat(problems())
                .contains("contracts/customer.odcs.yaml:10:19: physicalName is of domain \"shoes\", "
                        + "but domain.yaml says \"jaffle\"");
    }

    @Test
    void shouldTellAReferenceToWhatIsNotThere() throws IOException {
        String refers = """
                logicalType: string
                        relationships:
                          - to: customr.id
                          - to: customer.idd
                          - to: customer.id
                          - to: elsewhere.id""";
        change("contracts/profile.odcs.yaml", "logicalType: string", refers);
        change("contracts/customer.odcs.yaml", "- name: a\n", "- name: customer\n");

        assertThat(problems())
                .contains(
                        "contracts/profile.odcs.yaml:18:17: \"customr\" is the name of no object in this domain (did you mean \"customer\"?)",
                        "contracts/profile.odcs.yaml:19:17: column \"idd\" is not in silver.jaffle.customer.v1 (did you mean \"id\"?)",
                        "contracts/profile.odcs.yaml:20:17: \"email\" is varchar, but id of silver.jaffle.customer.v1 is bigint: what refers has the type of what it refers to")
                .hasSize(3);
    }

    @Test
    void shouldReadWhatRowsReferTo() throws IOException {
        change("contracts/profile.odcs.yaml", "primaryKey: true", """
                primaryKey: true
                        relationships:
                          - to: customer.id
                            customProperties: [{property: onViolation, value: halt}]""");
        change(
                "contracts/profile.odcs.yaml",
                "    properties:",
                "    customProperties: [{property: referenceWait, value: 3s}]\n    properties:");
        change("contracts/customer.odcs.yaml", "- name: a\n", "- name: customer\n");

        assertThat(load().find("gold.profile").orElseThrow().settings().relationships())
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.columns()).containsExactly("id");
                    assertThat(one.to()).isEqualTo(ProductName.ofTopic("silver.jaffle.customer.v1"));
                    assertThat(one.patience()).isEqualTo(Duration.ofSeconds(3));
                    assertThat(one.onViolation()).contains(DataProduct.OnViolation.HALT);
                });
    }

    @Test
    void shouldTellAReferenceToWhatIsNoKey() throws IOException {
        change(
                "contracts/profile.odcs.yaml",
                "logicalType: string",
                "logicalType: string\n        relationships: [{to: customer.email}]");
        change("contracts/customer.odcs.yaml", "- name: a\n", "- name: customer\n");

        tells(
                "contracts/profile.odcs.yaml:17:30: email is not the primary key of silver.jaffle.customer.v1: a stage keeps keys only, and checks references to them; write customer.id");
    }

    @Test
    void shouldTellTwoContractsForOneProduct() throws IOException {
        write("contracts/zcustomer.odcs.yaml", contract("silver.jaffle.customer.v1"));

        tells("contracts/zcustomer.odcs.yaml:10:19: silver.jaffle.customer.v1 has a contract in another file already: "
                + "one of the two is a new major version, or too many");
    }

    @Test
    void shouldTellAnUnknownCustomProperty() throws IOException {
        change(
                "contracts/customer.odcs.yaml",
                "    properties:",
                "    customProperties:\n      - property: onViolations\n        value: halt\n    properties:");

        tells("contracts/customer.odcs.yaml:12:19: custom property \"onViolations\" is not known "
                + "(did you mean \"onViolation\"?)");
    }

    @Test
    void shouldTellAnUnknownWordOfACustomProperty() throws IOException {
        change(
                "contracts/customer.odcs.yaml",
                "    properties:",
                "    customProperties:\n      - property: kind\n        value: tabel\n    properties:");

        tells("contracts/customer.odcs.yaml:13:16: kind \"tabel\" is not known (did you mean \"table\"?)");
    }

    @Test
    void shouldTellARuleThatDoesNotFitItsType() throws IOException {
        change(
                "contracts/customer.odcs.yaml",
                "logicalType: integer",
                "logicalType: integer\n        logicalTypeOptions: { maxLength: 5 }");

        tells("contracts/customer.odcs.yaml:14:31: unknown field \"maxLength\"; there is: "
                + "multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum, format");
    }

    @Test
    void shouldTellAPatternThatIsNone() throws IOException {
        change(
                "contracts/customer.odcs.yaml",
                "logicalType: string",
                "logicalType: string\n        logicalTypeOptions: { pattern: '[a-z' }");

        tells("contracts/customer.odcs.yaml:17:40: pattern is no regular expression: Unclosed character class");
    }

    @Test
    void shouldTellAnUnknownFormat() throws IOException {
        change(
                "contracts/customer.odcs.yaml",
                "logicalType: string",
                "logicalType: string\n        logicalTypeOptions: { format: e-mail }");

        tells("contracts/customer.odcs.yaml:17:39: format \"e-mail\" is not known (did you mean \"email\"?)");
    }

    @Test
    void shouldTellATableWhoseProductHasNoContract() throws IOException {
        change("sources/shop.yaml", "product: customers", "product: custmers");

        tells("sources/shop.yaml:11:14: product \"custmers\" has no contract bronze.jaffle.custmers.v1 in contracts/ "
                + "(did you mean \"customers\"?)");
    }

    @Test
    void shouldTellATableWithoutSchema() throws IOException {
        change("sources/shop.yaml", "public.customers", "customers");

        tells("sources/shop.yaml:10:11: table \"customers\" has not the form schema.table "
                + "(did you mean \"public.customers\"?)");
    }

    @Test
    void shouldTellAProductWithTwoSources() throws IOException {
        write("sources/partners.yaml", """
                apiVersion: weir/v1
                kind: Source
                name: partners
                push:
                  products: [customers]
                """);

        tells("sources/shop.yaml:11:14: product \"customers\" is filled by source \"partners\" already: "
                + "a product has one source");
    }

    @Test
    void shouldTellTwoSourcesOfOneName() throws IOException {
        write("contracts/stores.odcs.yaml", contract("bronze.jaffle.stores.v1"));
        write("sources/zshop.yaml", """
                apiVersion: weir/v1
                kind: Source
                name: shop
                push:
                  products: [stores]
                """);

        tells("sources/zshop.yaml:3:7: source \"shop\" is in another file already: rename one");
    }

    @Test
    void shouldReadWhatBecomesOfASchemaChangeAndRefuseWhatIsNone() throws IOException {
        change("sources/shop.yaml", "evolve", "halt");
        assertThat(load().sources().getFirst().onSchemaChange()).isEqualTo(Source.OnSchemaChange.HALT);

        change("sources/shop.yaml", "halt", "ignore");
        tells("sources/shop.yaml:12:17: onSchemaChange \"ignore\" is not known; there is: evolve, quarantine, halt");
    }

    @Test
    void shouldTellAPushSourceWithADatabase() throws IOException {
        change("sources/shop.yaml", "capture: auto", "push:\n  products: [customers]");

        tells(
                "sources/shop.yaml:4:1: \"connection\" beside \"push\": a source is a database or pushed, not both",
                "sources/shop.yaml:10:1: \"tables\" beside \"push\": a source is a database or pushed, not both",
                "sources/shop.yaml:13:1: \"onSchemaChange\" beside \"push\": a source is a database or pushed, not both");
    }

    @Test
    void shouldTellAModelWithoutContract() throws IOException {
        write("silver/custmer.sql", "SELECT 1\n");

        tells("silver/custmer.sql: has no contract: add contracts/custmer.odcs.yaml with physicalName "
                + "silver.jaffle.custmer.v1 (did you mean \"customer.sql\"?)");
    }

    @Test
    void shouldTellAnEmptyModel() throws IOException {
        write("silver/customer.sql", "\n");

        tells("silver/customer.sql:1:1: is empty: write one SELECT");
    }

    @Test
    void shouldTellAFileThatWouldBePassedOver() throws IOException {
        write("contracts/more.yaml", "a: b\n");

        tells("contracts/more.yaml: files in contracts/ end in .odcs.yaml: rename or move it");
    }

    @Test
    void shouldTellASyncFieldThatIsNoColumn() throws IOException {
        change("syncs/crm.yaml", "email: mail", "emial: mail");

        tells("syncs/crm.yaml:14:3: column \"emial\" is not in gold.jaffle.profile.v1 (did you mean \"email\"?)");
    }

    @Test
    void shouldTellASyncWhoseKeyIsNotThePrimaryKey() throws IOException {
        change("syncs/crm.yaml", "{ id: customer_id }", "{ email: customer_id }");

        tells("syncs/crm.yaml:12:6: the key of gold.jaffle.profile.v1 is (id): \"key\" maps these columns, "
                + "no more and no less");
    }

    @Test
    void shouldTellASyncThatWritesOneColumnTwice() throws IOException {
        change("syncs/crm.yaml", "email: mail", "email: customer_id");

        tells("syncs/crm.yaml:14:10: column \"customer_id\" of the destination appears twice: remove one");
    }

    @Test
    void shouldTellASyncOfAProductThatIsNotGold() throws IOException {
        change("syncs/crm.yaml", "gold.profile", "silver.customer");

        tells("syncs/crm.yaml:4:7: product \"silver.customer\" is silver: only gold products leave the mesh");
    }

    @Test
    void shouldTellASyncOfAnUnknownProduct() throws IOException {
        change("syncs/crm.yaml", "gold.profile", "gold.profil");

        tells("syncs/crm.yaml:4:7: product \"gold.profil\" has no contract in this domain "
                + "(did you mean \"gold.profile\"?)");
    }

    @Test
    void shouldTellASyncThatNobodyApproved() throws IOException {
        change("syncs/crm.yaml", "approvedBy: shop-data@jaffle.example\n", "");

        tells("syncs/crm.yaml:1:1: \"approvedBy\" is missing: the owner of the product approves what leaves it");
    }

    @Test
    void shouldTellAPasswordInAFile() throws IOException {
        change("sources/shop.yaml", "passwordFrom: { env: SHOP_PASSWORD }", "password: secret");

        tells("sources/shop.yaml:7:3: a password does not belong in a file: "
                + "write passwordFrom: { env: NAME } or passwordFrom: { file: /path }");
    }

    @Test
    void shouldTellAPasswordInAUrl() throws IOException {
        change("sources/shop.yaml", "postgresql://", "postgresql://weir:secret@");

        tells("sources/shop.yaml:5:8: url holds a user or password: write user and passwordFrom instead");
    }

    @Test
    void shouldTellAPasswordPlaceThatIsNone() throws IOException {
        change("sources/shop.yaml", "{ env: SHOP_PASSWORD }", "{ vault: kv/shop }");

        assertThat(problems())
                .contains("sources/shop.yaml:7:17: passwordFrom names one place: { env: NAME } or { file: /path }");
    }

    @Test
    void shouldTellAVariableWithoutValue() throws IOException {
        change("sources/shop.yaml", "${SHOP_DB:localhost:15432}", "${SHOP_DB}");

        tells("sources/shop.yaml:5:8: environment variable SHOP_DB is not set: set it, "
                + "or write a default as ${SHOP_DB:default}");
    }

    @Test
    void shouldTellADatabaseThatWeDoNotSpeakTo() throws IOException {
        change("sources/shop.yaml", "postgresql://", "mysql://");

        tells("sources/shop.yaml:5:8: url \"mysql://localhost:15432/shop\" is not supported: "
                + "write postgresql://host:port/database");
    }

    @Test
    void shouldTellAllMistakesInOneGo() throws IOException {
        change("domain.yaml", "kind: Domain", "kind: Domian");
        change("contracts/customer.odcs.yaml", "logicalType: integer", "logicalType: intger");
        change("syncs/crm.yaml", "email: mail", "emial: mail");

        assertThat(problems()).hasSize(3);
    }

    @Test
    void shouldNotComplainOfAMissingContractWhenItIsOnlyFaulty() throws IOException {
        change("contracts/customers.odcs.yaml", "logicalType: integer", "logicalType: intger");

        tells("contracts/customers.odcs.yaml:13:22: logicalType \"intger\" is not known (did you mean \"integer\"?)");
    }

    @Test
    void shouldTakeTheHighestMajorUnlessTheFileNamesOne() throws IOException {
        write("contracts/customer2.odcs.yaml", contract("silver.jaffle.customer.v2"));
        write("silver/customer.v1.sql", "SELECT id, email FROM bronze.customers\n");

        assertThat(load().models(Layer.SILVER))
                .extracting(model -> model.product().major())
                .containsExactly(2, 1);
    }

    private static String contract(String topic) {
        return """
                apiVersion: v3.1.0
                kind: DataContract
                id: a-contract
                version: 1.0.0
                status: active
                name: a-contract
                domain: jaffle
                schema:
                  - name: a
                    physicalName: %s
                    properties:
                      - name: id
                        logicalType: integer
                        primaryKey: true
                      - name: email
                        logicalType: string
                """.formatted(topic);
    }

    private Domain load() {
        return DomainFolder.load(folder, _ -> null);
    }

    private List<String> problems() {
        try {
            load();
            return List.of();
        } catch (ProblemsException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
    }

    private void tells(String... messages) {
        assertThat(problems()).containsExactly(messages);
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private void change(String file, String from, String to) throws IOException {
        String text = Files.readString(folder.resolve(file));
        assertThat(text).contains(from);
        int at = text.indexOf(from);
        Files.writeString(folder.resolve(file), text.substring(0, at) + to + text.substring(at + from.length()));
    }
}
