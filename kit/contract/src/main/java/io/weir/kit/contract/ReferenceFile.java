package io.weir.kit.contract;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * {@code reference/<name>.csv} of a domain: what a value is called elsewhere ({@code from}), and what it is called here ({@code to}).
 *
 * @param to by {@code from}, which is compared without blanks around it and regardless of case; each {@code to} also stands for itself
 */
public record ReferenceFile(String name, Map<String, String> to) {

    private static final String FOLDER = "reference";
    private static final ObjectReader CSV = new CsvMapper()
            .readerForListOf(String.class)
            .with(CsvParser.Feature.WRAP_AS_ARRAY)
            .with(CsvParser.Feature.SKIP_EMPTY_LINES)
            .with(CsvParser.Feature.TRIM_SPACES);

    public ReferenceFile {
        to = Map.copyOf(to);
    }

    /** The form in which a value is looked up. */
    public static String form(String value) {
        return value.strip().toUpperCase(Locale.ROOT);
    }

    /** The names for which the domain has such a file. */
    public static List<String> names(Path domain) {
        Path folder = domain.resolve(FOLDER);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".csv"))
                    .map(file -> file.substring(0, file.length() - ".csv".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ProblemsException(List.of(new Problem(FOLDER, 0, 0, "cannot be read: " + e)));
        }
    }

    /** Empty where the domain has no such file; a {@link ProblemsException} where it is not as it should be. */
    public static Optional<ReferenceFile> read(Path domain, String name) {
        if (!names(domain).contains(name)) {
            return Optional.empty();
        }
        String shown = FOLDER + "/" + name + ".csv";
        Map<String, String> to = new TreeMap<>();
        Map<String, String> same = new LinkedHashMap<>();
        try (MappingIterator<List<String>> rows =
                CSV.readValues(domain.resolve(shown).toFile())) {
            int line = 0;
            while (rows.hasNext()) {
                List<String> row = rows.next();
                line++;
                if (line == 1) {
                    if (!row.equals(List.of("from", "to"))) {
                        throw problem(shown, 1, "the first line has to be \"from,to\"");
                    }
                    continue;
                }
                if (row.size() != 2 || row.contains("")) {
                    throw problem(shown, line, "each line has two values, from and to");
                }
                String before = to.putIfAbsent(form(row.getFirst()), row.getLast());
                if (before != null && !before.equals(row.getLast())) {
                    throw problem(
                            shown, line, "\"%s\" stands here twice, with different values".formatted(row.getFirst()));
                }
                same.put(form(row.getLast()), row.getLast());
            }
        } catch (IOException | RuntimeJsonMappingException e) {
            throw problem(shown, 0, "cannot be read: " + e.getMessage());
        }
        same.forEach(to::putIfAbsent);
        return Optional.of(new ReferenceFile(name, to));
    }

    private static ProblemsException problem(String file, int line, String message) {
        return new ProblemsException(List.of(new Problem(file, line, 0, message)));
    }
}
