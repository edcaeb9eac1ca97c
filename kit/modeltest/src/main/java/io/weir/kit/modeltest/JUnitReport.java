package io.weir.kit.modeltest;

import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProductName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Results in the XML that CI servers read: one suite per file, one case per test. */
public final class JUnitReport {

    private JUnitReport() {}

    /** Writes the file, and its folder where that is missing. */
    public static void write(List<TestResult> results, Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out, "UTF-8");
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuites");
            totals(xml, results);
            Map<String, List<TestResult>> files = results.stream()
                    .collect(Collectors.groupingBy(
                            result -> result.test().at().file(), LinkedHashMap::new, Collectors.toList()));
            for (Map.Entry<String, List<TestResult>> suite : files.entrySet()) {
                xml.writeStartElement("testsuite");
                xml.writeAttribute("name", suite.getKey());
                totals(xml, suite.getValue());
                for (TestResult result : suite.getValue()) {
                    testcase(xml, result);
                }
                xml.writeEndElement();
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IOException(e);
        }
    }

    private static void totals(XMLStreamWriter xml, List<TestResult> results) throws XMLStreamException {
        xml.writeAttribute("tests", Integer.toString(results.size()));
        xml.writeAttribute("failures", count(results, TestResult.Status.FAILED));
        xml.writeAttribute("errors", count(results, TestResult.Status.NOT_RUN));
        xml.writeAttribute(
                "time", seconds(results.stream().map(TestResult::took).reduce(Duration.ZERO, Duration::plus)));
    }

    private static void testcase(XMLStreamWriter xml, TestResult result) throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("name", result.test().name());
        ProductName tested = result.test().models().getLast().product();
        xml.writeAttribute("classname", tested.localName());
        xml.writeAttribute("file", result.test().at().file());
        xml.writeAttribute("line", Integer.toString(result.test().at().line()));
        xml.writeAttribute("time", seconds(result.took()));
        for (TestResult.Failure failure : result.failures()) {
            fault(xml, "failure", failure.problem(), failure.difference());
        }
        for (Problem problem : result.problems()) {
            fault(xml, "error", problem, List.of());
        }
        xml.writeEndElement();
    }

    private static void fault(XMLStreamWriter xml, String element, Problem problem, List<String> lines)
            throws XMLStreamException {
        xml.writeStartElement(element);
        xml.writeAttribute("message", printable(problem.message()));
        xml.writeCharacters(printable(problem + "\n" + String.join("\n", lines)));
        xml.writeEndElement();
    }

    /** XML 1.0 cannot hold other control characters, whatever a row holds. */
    private static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", "?");
    }

    private static String count(List<TestResult> results, TestResult.Status status) {
        return Long.toString(
                results.stream().filter(result -> result.status() == status).count());
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.3f", duration.toNanos() / 1e9);
    }
}
