package io.weir.kit.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Present;
import org.snakeyaml.engine.v2.api.lowlevel.Serialize;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** One contract file of the Open Data Contract Standard v3.1.0 or v3.0.x: its mistakes, its product, and its text. */
public final class ContractFile {

    private final Path path;
    private final String shown;
    private final String text;

    private ContractFile(Path path, String shown, String text) {
        this.path = path;
        this.shown = shown;
        this.text = text;
    }

    /** A {@link ProblemsException} where the file cannot be read. */
    public static ContractFile read(Path path) {
        try {
            return new ContractFile(path, path.toString(), Files.readString(path));
        } catch (NoSuchFileException e) {
            throw new ProblemsException(List.of(new Problem(path.toString(), 0, 0, "no such file")));
        } catch (IOException e) {
            throw new ProblemsException(List.of(new Problem(path.toString(), 0, 0, "cannot be read: " + e)));
        }
    }

    /** @param shown what messages call it */
    public static ContractFile of(String text, String shown) {
        return new ContractFile(Path.of(shown), shown, text);
    }

    /** Every mistake, in the order of the file; none where Weir can use the contract. */
    public List<Problem> lint() {
        List<Problem> problems = new ArrayList<>();
        read(problems);
        return inOrder(problems);
    }

    /** Every place where the contract is not as the standard says, whether Weir has a use for it or not. */
    public List<Problem> lintStandard() {
        List<Problem> problems = new ArrayList<>();
        Fields fields = Fields.parse(text, shown, problems);
        if (fields != null) {
            Odcs.check(fields);
        }
        return inOrder(problems);
    }

    /** The product that the contract describes; a {@link ProblemsException} tells every mistake. */
    public DataProduct product() {
        List<Problem> problems = new ArrayList<>();
        DataProduct product = read(problems);
        if (product == null || !problems.isEmpty()) {
            throw new ProblemsException(inOrder(problems));
        }
        return product;
    }

    /** All sections as maps, lists, texts, numbers and booleans, in the file's order. */
    public Map<String, Object> document() {
        List<Problem> problems = new ArrayList<>();
        Fields fields = Fields.parse(text, shown, problems);
        if (fields == null) {
            throw new ProblemsException(problems);
        }
        return fields.document();
    }

    /** The contract as YAML again: every section, comment, quote and the order as they were read; only blanks may differ. */
    public String write() {
        List<Problem> problems = new ArrayList<>();
        if (Fields.parse(text, shown, problems) == null) {
            throw new ProblemsException(problems);
        }
        Node root = new Compose(LoadSettings.builder()
                        .setLabel(shown)
                        .setSchema(new CoreSchema())
                        .setParseComments(true)
                        .build())
                .composeString(text)
                .orElseThrow();
        DumpSettings settings = DumpSettings.builder()
                .setSchema(new CoreSchema())
                .setDumpComments(true)
                .setIndent(2)
                .setIndicatorIndent(2)
                .setIndentWithIndicator(true)
                .setSplitLines(false)
                .build();
        return new Present(settings)
                .emitToString(new Serialize(settings).serializeOne(root).iterator());
    }

    private @Nullable DataProduct read(List<Problem> problems) {
        Fields fields = Fields.parse(text, shown, problems);
        return fields == null ? null : new ContractReader(domain(), new TreeSet<>()).read(path, fields);
    }

    /** What the {@code domain.yaml} above the file says; null where it lies in no domain's folder. */
    private @Nullable String domain() {
        Path contracts = path.toAbsolutePath().getParent();
        Path domain = contracts == null || contracts.getParent() == null
                ? path
                : contracts.getParent().resolve("domain.yaml");
        if (!Files.isRegularFile(domain)) {
            return null;
        }
        Fields fields = Fields.read(domain, domain.toString(), new ArrayList<>());
        return fields == null || !fields.has("name") ? null : fields.textOr("name", null);
    }

    private static List<Problem> inOrder(List<Problem> problems) {
        return problems.stream()
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .distinct()
                .toList();
    }
}
