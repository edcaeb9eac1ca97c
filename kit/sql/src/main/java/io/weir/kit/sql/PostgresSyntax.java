package io.weir.kit.sql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlJsonValueEmptyOrErrorBehavior;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.SqlUserDefinedTypeNameSpec;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's notation where Calcite's parser has another: {@code INTERVAL '1 day'}, {@code AT TIME ZONE}, {@code TIMESTAMPTZ '...'}, {@code ->} and
 * {@code ->>}, {@code ^}, {@code date - date}, {@code BIGINT[]}, {@code E'...'}, {@code NOW()}.
 *
 * <p>Before parsing, an operator that the parser does not know becomes an index, {@code [z]}, that stands for it, in as many characters, so that every place stays
 * what it was. So does a cast, {@code ::}: the parser knows it, but takes all that stands before it, {@code (a / b)::INTEGER} of {@code a / b::INTEGER}. After
 * parsing, these and some others become what they stand for.
 */
final class PostgresSyntax {

    static final String DATE_TRUNC = "date_trunk";

    private static final Pattern TOKEN = Pattern.compile(
            "(?<skip>\\s+|--[^\\n]*|/\\*.*?\\*/)|(?<escaped>[eE]'(?:[^'\\\\]|''|\\\\.)*')|(?<text>'(?:[^']|'')*')|(?<quoted>\"(?:[^\"]|\"\")*\")"
                    + "|(?<word>[\\p{L}_][\\p{L}\\p{N}_$]*)|(?<number>\\d+)|(?<operator>->>|->|\\#>>|\\#>|.)",
            Pattern.DOTALL);
    private static final Pattern SPAN =
            Pattern.compile("'\\s*([+-]?\\d+(?:\\.\\d+)?)\\s*((?:year|month|week|day|hour|minute|second)s?)\\s*'");
    private static final Pattern ESCAPE =
            Pattern.compile("''|\\\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", Pattern.DOTALL);
    private static final List<String> UNITS =
            List.of("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND");
    private static final Map<String, String> OPERATORS =
            Map.of("->", "json_get", "->>", "json_get_text", "#>", "json_path", "#>>", "json_path_text");

    private record Token(String group, String text, int start) {
        boolean is(String word) {
            return text.equalsIgnoreCase(word);
        }

        int end() {
            return start + text.length();
        }
    }

    /** What an index stands for. */
    private sealed interface Meaning {}

    private record Cast(String type, int place) implements Meaning {}

    /** A function of what stands before and of a literal, which comes first for {@code timezone}. */
    private record Call(String function, String literal, boolean isNumber) implements Meaning {}

    private final String sql;
    private final StringBuilder out;
    private final List<Token> tokens = new ArrayList<>();
    /** By the places of what stands for them. */
    private final Map<Integer, Meaning> meanings = new HashMap<>();

    private final Map<Integer, String> texts = new HashMap<>();
    private final Map<Integer, String> arrays = new HashMap<>();

    PostgresSyntax(String sql) {
        this.sql = sql;
        this.out = new StringBuilder(sql);
        Matcher matcher = TOKEN.matcher(sql);
        while (matcher.find()) {
            for (String group : List.of("escaped", "text", "quoted", "word", "number", "operator")) {
                if (matcher.group(group) != null) {
                    tokens.add(new Token(group, matcher.group(), matcher.start()));
                }
            }
        }
        for (int i = 0; i < tokens.size(); i++) {
            rewrite(i);
        }
    }

    /** The SQL for Calcite's parser; each token that stays has the line and column that it had. */
    String forParser() {
        return out.toString();
    }

    private @Nullable Token token(int index) {
        return index < tokens.size() ? tokens.get(index) : null;
    }

    private boolean is(int index, String word) {
        return index >= 0 && index < tokens.size() && tokens.get(index).is(word);
    }

    private void rewrite(int i) {
        Token token = tokens.get(i);
        Token next = token(i + 1);
        if (token.group.equals("escaped")) {
            escaped(token);
            return;
        }
        if (next == null) {
            return;
        }
        if (token.group.equals("operator") && OPERATORS.containsKey(token.text)) {
            Token third = token(i + 2);
            if (next.is("-") && third != null && third.start == next.end() && third.group.equals("number")) {
                operator(token, new Token("number", next.text + third.text, next.start));
            } else {
                operator(token, next);
            }
        } else if (token.is(":") && next.is(":") && !is(i - 1, ":") && token(i + 2) != null) {
            int last = lastOfType(i + 2);
            Token type = tokens.get(i + 2);
            meanings.put(
                    token.start + 1,
                    new Cast(sql.substring(type.start, tokens.get(last).end()), type.start));
            index(token.start, tokens.get(last).end());
        } else if (token.is("[") && next.is("]")) {
            array(i);
        } else if (!token.group.equals("word")) {
            return;
        } else if (token.is("distinct")
                && next.is("on")
                && i + 2 < tokens.size()
                && tokens.get(i + 2).is("(")) {
            throw new Refusal(
                    position(token.start),
                    "DISTINCT ON is not maintained; write QUALIFY ROW_NUMBER() OVER (PARTITION BY ... ORDER BY ...) = 1 behind the query");
        } else if (token.is("with") && next.is("ties")) {
            throw new Refusal(
                    position(token.start),
                    "WITH TIES is not maintained; write QUALIFY RANK() OVER (ORDER BY ...) <= n behind the query");
        } else if (token.is("groups")
                && (next.group.equals("number")
                        || Stream.of("between", "unbounded", "current").anyMatch(next::is))) {
            throw new Refusal(
                    position(token.start),
                    "frames of GROUPS are not maintained; write ROWS, or RANGE with a number or an interval");
        } else if (token.is("interval") && next.group.equals("text")) {
            interval(next, token(i + 2));
        } else if (token.is("at")
                && next.is("time")
                && i + 3 < tokens.size()
                && tokens.get(i + 2).is("zone")) {
            zone(token, tokens.get(i + 3));
        } else if (token.is("timestamptz") && next.group.equals("text")) {
            out.replace(token.start, next.end(), next.text + " ".repeat(next.start - token.start));
            meanings.put(token.start + next.text.length() + 1, new Cast("timestamptz", token.start));
            index(token.start + next.text.length(), next.end());
        } else if (token.is("date_trunc") && next.is("(")) {
            out.replace(token.start, token.end(), DATE_TRUNC);
        }
    }

    /** Stands as a text of as many characters and lines. */
    private void escaped(Token token) {
        StringBuilder text = new StringBuilder();
        Matcher part = ESCAPE.matcher(token.text.substring(2, token.text.length() - 1));
        while (part.find()) {
            String code = part.group(1);
            part.appendReplacement(text, Matcher.quoteReplacement(code == null ? "'" : unescaped(code)));
        }
        part.appendTail(text);
        texts.put(token.start + 1, text.toString());
        out.replace(token.start, token.start + 1, " ");
        for (int i = token.start + 2; i < token.end() - 1; i++) {
            stand(i, 'z');
        }
    }

    private static String unescaped(String code) {
        return switch (code.charAt(0)) {
            case 'b' -> "\b";
            case 'f' -> "\f";
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case 'u', 'U', 'x' ->
                code.length() == 1 ? code : Character.toString(Integer.parseInt(code.substring(1), 16));
            case '0', '1', '2', '3', '4', '5', '6', '7' -> Character.toString(Integer.parseInt(code, 8));
            default -> code;
        };
    }

    /** The last token of the type that starts here. */
    private int lastOfType(int first) {
        int last = first;
        if ((is(first, "double") && is(first + 1, "precision"))
                || (is(first, "character") && is(first + 1, "varying"))) {
            last++;
        }
        if (is(last + 1, "(")) {
            while (last + 1 < tokens.size() && !is(last, ")")) {
                last++;
            }
        }
        if ((is(last + 1, "with") || is(last + 1, "without")) && is(last + 2, "time") && is(last + 3, "zone")) {
            last += 3;
        }
        while (is(last + 1, "[") && is(last + 2, "]")) {
            last += 2;
        }
        return last;
    }

    /** A type of arrays, {@code BIGINT[]} or {@code DECIMAL(8, 2)[][]}, behind {@code AS}; stands as a type of as many characters. */
    private void array(int bracket) {
        int first = bracket;
        while (first > 0 && !is(first - 1, "as") && !is(first - 1, ":")) {
            first--;
        }
        if (is(first - 1, "as") && first < bracket) {
            int start = tokens.get(first).start;
            int end = tokens.get(lastOfType(first)).end();
            if (bracket < lastOfType(first) && arrays.put(start, sql.substring(start, end)) == null) {
                for (int i = start; i < end; i++) {
                    stand(i, 'z');
                }
            }
        }
    }

    private void stand(int place, char by) {
        if (out.charAt(place) != '\n') {
            out.setCharAt(place, by);
        }
    }

    private void index(int start, int end) {
        for (int i = start + 2; i < end; i++) {
            stand(i, ' ');
        }
        out.setCharAt(start, '[');
        out.setCharAt(start + 1, 'z');
        out.setCharAt(end - 1, ']');
    }

    private void operator(Token operator, Token operand) {
        if (!operand.group.equals("text") && !operand.group.equals("number")) {
            throw new Refusal(
                    position(operator.start),
                    "%s takes a name or number written out; for a column write %s(json, column)"
                            .formatted(operator.text, OPERATORS.get(operator.text)));
        }
        call(operator.start, operand, OPERATORS.getOrDefault(operator.text, ""));
    }

    private void zone(Token at, Token operand) {
        if (!operand.group.equals("text")) {
            throw new Refusal(
                    position(at.start),
                    "AT TIME ZONE takes a name written out; for a column write timezone(zone, timestamp)");
        }
        call(at.start, operand, "timezone");
    }

    private void call(int start, Token operand, String function) {
        boolean number = operand.group.equals("number");
        String literal = number
                ? operand.text
                : operand.text.substring(1, operand.text.length() - 1).replace("''", "'");
        meanings.put(start + 1, new Call(function, literal, number));
        index(start, operand.end());
    }

    private void interval(Token text, @Nullable Token next) {
        if (next != null
                && next.group.equals("word")
                && UNITS.contains(next.text.toUpperCase(Locale.ROOT).replaceFirst("S$", ""))) {
            return;
        }
        Matcher span = SPAN.matcher(text.text.toLowerCase(Locale.ROOT));
        if (!span.matches()) {
            throw new Refusal(
                    position(text.start),
                    "this interval is not read; write one number and unit for each, INTERVAL '1 year' + INTERVAL '2 months'");
        }
        String written = "'" + span.group(1) + "'";
        int blanks = text.text.length() - written.length() - span.group(2).length();
        out.replace(text.start, text.end(), written + " ".repeat(Math.max(0, blanks)) + span.group(2));
    }

    private SqlParserPos position(int offset) {
        int line = 1
                + (int) sql.substring(0, offset).chars().filter(c -> c == '\n').count();
        return new SqlParserPos(line, offset - sql.lastIndexOf('\n', offset - 1));
    }

    private int offset(SqlParserPos position) {
        int start = 0;
        for (int line = 1; line < position.getLineNum(); line++) {
            start = sql.indexOf('\n', start) + 1;
        }
        return start + position.getColumnNum() - 1;
    }

    /** The parsed query, with functions where the notation meant them. */
    SqlNode meant(SqlNode parsed) {
        SqlNode meant = parsed.accept(new SqlShuttle() {
            @Override
            public @Nullable SqlNode visit(SqlCall call) {
                SqlNode visited = super.visit(call);
                return visited instanceof SqlCall visitedCall ? meantCall(visitedCall) : visited;
            }

            @Override
            public SqlNode visit(SqlLiteral literal) {
                SqlParserPos position = literal.getParserPosition();
                String text = literal instanceof SqlCharStringLiteral ? texts.get(offset(position)) : null;
                return text == null ? literal : SqlLiteral.createCharString(text, position);
            }

            @Override
            public SqlNode visit(SqlDataTypeSpec type) {
                SqlParserPos position = type.getTypeNameSpec().getTypeName().getParserPosition();
                String array = arrays.get(offset(position));
                return array == null ? type : type(array, position);
            }
        });
        return meant == null ? parsed : meant;
    }

    private static SqlDataTypeSpec type(String text, SqlParserPos position) {
        try {
            String standard = text.replaceAll("\\[\\s*]", " ARRAY");
            SqlDataTypeSpec spec = ((SqlCall) SqlPlanner.expression("CAST(NULL AS %s)".formatted(standard))).operand(1);
            SqlTypeNameSpec name = spec.getTypeNameSpec();
            return new SqlDataTypeSpec(
                    name instanceof SqlUserDefinedTypeNameSpec
                            ? new SqlUserDefinedTypeNameSpec(
                                    new SqlIdentifier(name.getTypeName().names, position), position)
                            : name,
                    position);
        } catch (SqlParseException e) {
            throw new Refusal(position, "\"%s\" is no type".formatted(text.replaceAll("\\s+", " ")));
        }
    }

    private SqlNode meantCall(SqlCall call) {
        SqlParserPos position = call.getParserPosition();
        switch (call.getKind()) {
            case ITEM -> {
                Meaning meaning = call.operand(1) instanceof SqlIdentifier index
                        ? meanings.get(offset(index.getParserPosition()))
                        : null;
                return meaning == null ? call : meant(meaning, call);
            }
            case EXTRACT -> {
                String field = field(call.operand(0));
                String function =
                        switch (field) {
                            case "DOW", "EPOCH", "SECOND" -> "extract_" + field;
                            case "MILLISECOND", "MILLISECONDS" -> "extract_milliseconds";
                            case "MICROSECOND", "MICROSECONDS" -> "extract_microseconds";
                            default -> "";
                        };
                return function.isEmpty() ? call : function(function, position, call.operand(1));
            }
            default -> {
                if (call.getOperator().equals(SqlStdOperatorTable.JSON_VALUE)
                        && call.getOperandList().stream()
                                .anyMatch(operand -> operand instanceof SqlLiteral literal
                                        && literal.getValue() == SqlJsonValueEmptyOrErrorBehavior.DEFAULT)) {
                    throw new Refusal(
                            position,
                            "DEFAULT of JSON_VALUE is not maintained; write COALESCE(JSON_VALUE(...), default)");
                }
                if (call.operandCount() == 0 && call.getOperator().getName().equalsIgnoreCase("now")) {
                    return new SqlIdentifier(SqlStdOperatorTable.CURRENT_TIMESTAMP.getName(), position);
                }
                if (call.getOperator().getName().equals("^") && call.operandCount() == 2) {
                    return function("power", position, call.operand(0), call.operand(1));
                }
            }
        }
        return call;
    }

    private static String field(SqlNode unit) {
        String name = unit instanceof SqlIntervalQualifier qualifier
                ? qualifier.timeFrameName != null ? qualifier.timeFrameName : qualifier.timeUnitRange.name()
                : unit.toString();
        return name.toUpperCase(Locale.ROOT);
    }

    private SqlNode meant(Meaning meaning, SqlCall index) {
        SqlParserPos position = index.getParserPosition();
        SqlNode operand = index.operand(0);
        return switch (meaning) {
            case Cast(String type, int place) ->
                SqlLibraryOperators.INFIX_CAST.createCall(position, operand, type(type, position(place)));
            case Call(String function, String literal, boolean isNumber) -> {
                SqlParserPos at = index.operand(1).getParserPosition();
                SqlLiteral value = isNumber
                        ? SqlLiteral.createExactNumeric(literal, at)
                        : SqlLiteral.createCharString(literal, at);
                yield function.equals("timezone")
                        ? function(function, position, value, operand)
                        : function(function, position, operand, value);
            }
        };
    }

    /** A call of a function by its name. */
    static SqlCall function(String name, SqlParserPos position, SqlNode... operands) {
        return new SqlUnresolvedFunction(
                        new SqlIdentifier(name, position),
                        null,
                        null,
                        null,
                        null,
                        SqlFunctionCategory.USER_DEFINED_FUNCTION)
                .createCall(new SqlNodeList(List.of(operands), position));
    }
}
