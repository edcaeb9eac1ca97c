package io.weir.kit.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A contract as a page of Markdown (GitHub's tables): what the product is, its columns, its promises, and whom to ask. */
final class ContractPage {

    private final StringBuilder page = new StringBuilder();
    private final DataProduct product;
    private final Map<String, Object> document;

    private ContractPage(DataProduct product) {
        this.product = product;
        this.document = product.document();
    }

    static String of(DataProduct product) {
        return new ContractPage(product).write();
    }

    private String write() {
        Map<String, @Nullable Object> description = Documents.map(document.get("description"));
        Map<String, @Nullable Object> object = Documents.object(product);
        page.append("# ").append(text(product.name().product())).append("\n\n");
        paragraph(Documents.text(description, "purpose"));
        paragraph(Documents.text(object, "description"));
        table("", "");
        row("Topic", code(product.name().topic()));
        row("Version", text(product.version()) + " (" + text(Documents.text(document, "status")) + ")");
        row("Owner", text(Documents.text(Documents.map(document.get("team")), "name")));
        row("Kind", product.kind().name().toLowerCase(Locale.ROOT));
        row(
                "Key",
                product.key().isEmpty()
                        ? "the whole row"
                        : product.keyType().columns().stream()
                                .map(column -> code(column.name()))
                                .collect(Collectors.joining(", ")));
        row("A row that breaks the contract", product.onViolation().name().toLowerCase(Locale.ROOT));
        page.append('\n');
        section("Usage", Documents.text(description, "usage"));
        section("Limitations", Documents.text(description, "limitations"));
        columns();
        quality("The whole product", object);
        serviceLevels();
        support();
        return page.toString().stripTrailing() + "\n";
    }

    private void columns() {
        page.append("## Columns\n\n");
        table("Column", "Type", "Null", "Rules", "Meaning");
        Map<String, Map<String, @Nullable Object>> declared = Documents.columns(product);
        for (Column column : product.rowType().columns()) {
            Map<String, @Nullable Object> one = declared.getOrDefault(column.name(), Map.of());
            String classification = Documents.text(one, "classification");
            row(
                    code(column.name()),
                    TypeNames.sql(column.type()),
                    column.nullable() ? "yes" : "no",
                    product.rules().stream()
                            .filter(rule -> rule.field().equals(column.name()))
                            .map(rule -> text(rule.demand()))
                            .distinct()
                            .collect(Collectors.joining("; ")),
                    text(Documents.text(one, "description"))
                            + (classification.isEmpty() ? "" : " (" + text(classification) + ")"));
        }
        page.append('\n');
    }

    private void quality(String whole, Map<String, @Nullable Object> object) {
        List<String[]> rows = new ArrayList<>();
        qualityRows(whole, object, rows);
        Documents.columns(product).forEach((name, column) -> qualityRows(code(name), column, rows));
        if (!rows.isEmpty()) {
            page.append("## Promises\n\n");
            table("About", "Promise", "Severity");
            rows.forEach(this::row);
            page.append('\n');
        }
    }

    private static void qualityRows(String about, Map<String, @Nullable Object> at, List<String[]> rows) {
        for (Map<String, @Nullable Object> quality : Documents.maps(at.get("quality"))) {
            String operator = Odcs.OPERATORS.stream()
                    .filter(quality::containsKey)
                    .map(name -> " " + words(name) + " " + quality.get(name))
                    .findFirst()
                    .orElse("");
            String unit = quality.containsKey("unit") ? " " + Documents.text(quality, "unit") : "";
            String promise = (subject(quality) + operator + unit).strip();
            String description = Documents.text(quality, "description");
            rows.add(new String[] {
                about,
                text(promise.isEmpty() ? description : promise + (description.isEmpty() ? "" : ": " + description)),
                text(Documents.text(quality, "severity"))
            });
        }
    }

    /** What is counted, or asked, or who checks it. */
    private static String subject(Map<String, @Nullable Object> quality) {
        String engine = Documents.text(quality, "engine");
        if (!engine.isEmpty()) {
            return "checked by " + engine;
        }
        String metric = Documents.text(quality, "metric") + Documents.text(quality, "rule");
        return metric.isEmpty() ? Documents.text(quality, "query") : words(metric);
    }

    private void serviceLevels() {
        List<Map<String, @Nullable Object>> levels = Documents.maps(document.get("slaProperties"));
        if (levels.isEmpty()) {
            return;
        }
        page.append("## Service levels\n\n");
        table("Level", "Value", "Meaning");
        for (Map<String, @Nullable Object> level : levels) {
            row(
                    text(Documents.text(level, "property")),
                    text((Documents.text(level, "value") + " " + Documents.text(level, "unit")).strip()),
                    text(Documents.text(level, "description")));
        }
        page.append('\n');
    }

    private void support() {
        List<Map<String, @Nullable Object>> channels = Documents.maps(document.get("support"));
        if (channels.isEmpty()) {
            return;
        }
        page.append("## Support\n\n");
        for (Map<String, @Nullable Object> channel : channels) {
            String url = Documents.text(channel, "url");
            String name = text(Documents.text(channel, "channel"));
            page.append("- ")
                    .append(url.isEmpty() ? name : "[%s](%s)".formatted(name, url))
                    .append('\n');
        }
    }

    private void section(String title, String body) {
        if (!body.isBlank()) {
            page.append("## ").append(title).append("\n\n");
            paragraph(body);
        }
    }

    private void paragraph(String body) {
        if (!body.isBlank()) {
            page.append(body.strip()).append("\n\n");
        }
    }

    private void table(String... headings) {
        row(headings);
        page.append("|").append(" --- |".repeat(headings.length)).append('\n');
    }

    private void row(String... cells) {
        page.append('|');
        for (String cell : cells) {
            page.append(' ').append(cell).append(" |");
        }
        page.append('\n');
    }

    private static String code(String name) {
        return "`%s`".formatted(name);
    }

    /** {@code mustBeLessThan} as words. */
    private static String words(String camel) {
        return camel.matches("[a-z]+[A-Za-z]*")
                ? camel.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT)
                : camel;
    }

    /** Text that a table's cell can hold. */
    private static String text(String plain) {
        return plain.strip().replace("|", "\\|").replaceAll("\\s+", " ");
    }
}
