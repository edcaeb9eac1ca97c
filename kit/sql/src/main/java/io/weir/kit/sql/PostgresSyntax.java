package io.weir.kit.sql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlJsonValueEmptyOrErrorBehavior;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's notation where Calcite's parser has another: {@code INTERVAL '1 day'}, {@code AT TIME ZONE}, {@code TIMESTAMPTZ '...'}, {@code ->} and
 * {@code ->>}, {@code ^}, {@code date - date}.
 *
 * <p>Before parsing, an operator that the parser does not know becomes a cast, {@code ::}, to a type that stands for it, in as many characters, so that every
 * place stays what it was. After parsing, these and some others become calls of functions.
 */
final class PostgresSyntax {

    static final String DATE_TRUNC = "date_trunk";

    private static final Pattern TOKEN = Pattern.compile(
            "(?<skip>\\s+|--[^\\n]*|/\\*.*?\\*/)|(?<text>'(?:[^']|'')*')|(?<quoted>\"(?:[^\"]|\"\")*\")"
                    + "|(?<word>[\\p{L}_][\\p{L}\\p{N}_$]*)|(?<number>\\d+)|(?<operator>->>|->|\\#>>|\\#>|.)",
            Pattern.DOTALL);
    private static final Pattern SPAN =
            Pattern.compile("'\\s*([+-]?\\d+(?:\\.\\d+)?)\\s*((?:year|month|week|day|hour|minute|second)s?)\\s*'");
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

    /** What a cast stands for: a function of its operand and, unless null, a literal, which comes first for {@code timezone}. */
    private record Meaning(String function, @Nullable String literal, boolean isNumber) {}

    private final String sql;
    private final StringBuilder out;
    private final List<Token> tokens = new ArrayList<>();
    private final Map<Integer, Meaning> meanings = new HashMap<>();

    PostgresSyntax(String sql) {
        this.sql = sql;
        this.out = new StringBuilder(sql);
        Matcher matcher = TOKEN.matcher(sql);
        while (matcher.find()) {
            for (String group : List.of("text", "quoted", "word", "number", "operator")) {
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

    private void rewrite(int i) {
        Token token = tokens.get(i);
        Token next = token(i + 1);
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
        } else if (!token.group.equals("word")) {
            return;
        } else if (token.is("distinct")
                && next.is("on")
                && i + 2 < tokens.size()
                && tokens.get(i + 2).is("(")) {
            throw new Refusal(
                    position(token.start),
                    "DISTINCT ON is not maintained; write QUALIFY ROW_NUMBER() OVER (PARTITION BY ... ORDER BY ...) = 1 behind the query");
        } else if (token.is("interval") && next.group.equals("text")) {
            interval(next, token(i + 2));
        } else if (token.is("at")
                && next.is("time")
                && i + 3 < tokens.size()
                && tokens.get(i + 2).is("zone")) {
            zone(token, tokens.get(i + 3));
        } else if (token.is("timestamptz") && next.group.equals("text")) {
            out.replace(
                    token.start, next.end(), next.text + "::" + "z".repeat(Math.max(1, next.start - token.start - 2)));
            meanings.put(token.start + next.text.length() + 2, new Meaning("timestamptz", null, false));
        } else if (token.is("date_trunc") && next.is("(")) {
            out.replace(token.start, token.end(), DATE_TRUNC);
        }
    }

    private void operator(Token operator, Token operand) {
        if (!operand.group.equals("text") && !operand.group.equals("number")) {
            throw new Refusal(
                    position(operator.start),
                    "%s takes a name or number written out; for a column write %s(json, column)"
                            .formatted(operator.text, OPERATORS.get(operator.text)));
        }
        stand(operator.start, operator.text.length(), operand, OPERATORS.getOrDefault(operator.text, ""));
    }

    private void zone(Token at, Token operand) {
        if (!operand.group.equals("text")) {
            throw new Refusal(
                    position(at.start),
                    "AT TIME ZONE takes a name written out; for a column write timezone(zone, timestamp)");
        }
        for (int i = at.start + 2; i < operand.start; i++) {
            if (!Character.isWhitespace(out.charAt(i))) {
                out.setCharAt(i, ' ');
            }
        }
        stand(at.start, 2, operand, "timezone");
    }

    private void stand(int start, int length, Token operand, String function) {
        out.replace(start, start + length, "::" + " ".repeat(length - 2));
        out.replace(operand.start, operand.end(), "z".repeat(operand.text.length()));
        boolean number = operand.group.equals("number");
        String literal = number
                ? operand.text
                : operand.text.substring(1, operand.text.length() - 1).replace("''", "'");
        meanings.put(operand.start, new Meaning(function, literal, number));
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
        });
        return meant == null ? parsed : meant;
    }

    private SqlNode meantCall(SqlCall call) {
        SqlParserPos position = call.getParserPosition();
        switch (call.getKind()) {
            case CAST -> {
                if (call.getOperator().equals(SqlLibraryOperators.INFIX_CAST)
                        && call.operand(1) instanceof SqlDataTypeSpec spec) {
                    Meaning meaning = meanings.get(
                            offset(spec.getTypeNameSpec().getTypeName().getParserPosition()));
                    return meaning == null ? call : meant(meaning, call, position);
                }
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

    private static SqlNode meant(Meaning meaning, SqlCall cast, SqlParserPos position) {
        SqlNode operand = cast.operand(0);
        if (meaning.literal == null) {
            SqlDataTypeSpec spec = cast.operand(1);
            return new SqlBasicCall(
                    cast.getOperator(),
                    List.of(
                            operand,
                            new SqlDataTypeSpec(
                                    new org.apache.calcite.sql.SqlUserDefinedTypeNameSpec(
                                            new SqlIdentifier(meaning.function, spec.getParserPosition()),
                                            spec.getParserPosition()),
                                    spec.getParserPosition())),
                    position);
        }
        SqlParserPos at = cast.operand(1).getParserPosition();
        SqlLiteral literal = meaning.isNumber
                ? SqlLiteral.createExactNumeric(meaning.literal, at)
                : SqlLiteral.createCharString(meaning.literal, at);
        return meaning.function.equals("timezone")
                ? function(meaning.function, position, literal, operand)
                : function(meaning.function, position, operand, literal);
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
