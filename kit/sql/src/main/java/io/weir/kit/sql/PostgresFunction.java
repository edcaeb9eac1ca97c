package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.spi.ScalarFunction;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.Function;
import org.apache.calcite.schema.impl.ScalarFunctionImpl;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlUserDefinedFunction;
import org.jspecify.annotations.Nullable;

/** A function of SQL that is a Java method for each of its signatures. The first signature that takes the operands counts. */
final class PostgresFunction extends SqlFunction {

    /**
     * One way to call a function.
     *
     * @param returns {@code text}, {@code int}, {@code bigint}, {@code real}, {@code double}, {@code decimal(p,s)}, {@code boolean}, {@code date}, {@code time},
     *     {@code timestamp}, {@code timestamptz}, {@code bytes}, or {@code same} as the first operand; with {@code ?} where it may be null although no operand is
     * @param operands each a word as in {@code returns}, {@code decimal} for any exact number, or {@code interval} (days to milliseconds)
     */
    record Signature(String returns, List<String> operands, SqlUserDefinedFunction implementation) {

        boolean takes(List<RelDataType> types) {
            return types.size() == operands.size()
                    && IntStream.range(0, types.size()).allMatch(i -> takes(operands.get(i), types.get(i)));
        }

        private static boolean takes(String word, RelDataType type) {
            SqlTypeName name = type.getSqlTypeName();
            if (name == SqlTypeName.NULL) {
                return true;
            }
            return switch (word) {
                case "text" -> SqlTypeUtil.inCharFamily(type);
                case "int" ->
                    name == SqlTypeName.INTEGER || name == SqlTypeName.SMALLINT || name == SqlTypeName.TINYINT;
                case "bigint" -> SqlTypeUtil.isIntType(type);
                case "decimal" -> SqlTypeUtil.isExactNumeric(type);
                case "double", "real" -> SqlTypeUtil.isNumeric(type);
                case "boolean" -> name == SqlTypeName.BOOLEAN;
                case "date" -> name == SqlTypeName.DATE;
                case "time" -> name == SqlTypeName.TIME;
                case "timestamp" -> name == SqlTypeName.TIMESTAMP;
                case "timestamptz" -> name == SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE;
                case "bytes" -> SqlTypeUtil.isBinary(type);
                case "interval" -> SqlTypeName.DAY_INTERVAL_TYPES.contains(name);
                default -> word.startsWith("decimal(") && SqlTypeUtil.isExactNumeric(type);
            };
        }

        /** The type to which an operand is brought before the method is called. */
        RelDataType operandType(int operand, RelDataType given, RelDataTypeFactory factory) {
            String word = operands.get(operand);
            if (word.equals("interval") || (word.equals("decimal") && given.getSqlTypeName() == SqlTypeName.DECIMAL)) {
                return given;
            }
            return factory.createTypeWithNullability(
                    type(word.equals("decimal") ? "decimal(19,0)" : word, factory), given.isNullable());
        }

        RelDataType returnType(List<RelDataType> types, RelDataTypeFactory factory) {
            boolean mayBeNull = returns.endsWith("?");
            String word = mayBeNull ? returns.substring(0, returns.length() - 1) : returns;
            RelDataType plain = word.equals("same") ? types.getFirst() : type(word, factory);
            return factory.createTypeWithNullability(
                    plain, mayBeNull || types.stream().anyMatch(RelDataType::isNullable));
        }

        private static RelDataType type(String word, RelDataTypeFactory factory) {
            return switch (word) {
                case "text" -> factory.createSqlType(SqlTypeName.VARCHAR);
                case "int" -> factory.createSqlType(SqlTypeName.INTEGER);
                case "bigint" -> factory.createSqlType(SqlTypeName.BIGINT);
                case "real" -> factory.createSqlType(SqlTypeName.REAL);
                case "double" -> factory.createSqlType(SqlTypeName.DOUBLE);
                case "boolean" -> factory.createSqlType(SqlTypeName.BOOLEAN);
                case "date" -> factory.createSqlType(SqlTypeName.DATE);
                case "time" -> factory.createSqlType(SqlTypeName.TIME, Types.TIME_DIGITS);
                case "timestamp" -> factory.createSqlType(SqlTypeName.TIMESTAMP, Types.TIME_DIGITS);
                case "timestamptz" ->
                    factory.createSqlType(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, Types.TIME_DIGITS);
                case "bytes" -> factory.createSqlType(SqlTypeName.VARBINARY);
                default -> {
                    String[] digits = word.substring("decimal(".length(), word.length() - 1)
                            .split(",", -1);
                    yield factory.createSqlType(
                            SqlTypeName.DECIMAL, Integer.parseInt(digits[0]), Integer.parseInt(digits[1]));
                }
            };
        }
    }

    private final List<Signature> signatures;

    /**
     * @param signatures each {@code "method(operand, ...) result"}
     * @throws IllegalArgumentException where the class has no such method
     */
    static PostgresFunction of(String name, Class<?> methods, String... signatures) {
        return new PostgresFunction(
                name,
                Arrays.stream(signatures)
                        .map(signature -> signature(name, methods, signature))
                        .toList());
    }

    /** A function of a domain; {@code version} tells what it is now from what it was, for the plan's fingerprint. */
    static PostgresFunction of(String name, ScalarFunction function, String version) {
        String key = name + "@" + version;
        return new PostgresFunction(
                name,
                List.of(new Signature(
                        word(function.returns()) + "?",
                        function.parameters().stream()
                                .map(PostgresFunction::word)
                                .toList(),
                        implementation(key, new BoundFunction(key, function)))));
    }

    private static String word(DataType type) {
        return switch (type) {
            case DataType.Bool _ -> "boolean";
            case DataType.Int _ -> "int";
            case DataType.BigInt _ -> "bigint";
            case DataType.Real _ -> "real";
            case DataType.DoublePrecision _ -> "double";
            case DataType.Decimal(int precision, int scale) -> "decimal(%d,%d)".formatted(precision, scale);
            case DataType.Varchar _ -> "text";
            case DataType.Date _ -> "date";
            case DataType.Time _ -> "time";
            case DataType.Timestamp(boolean withTimeZone) -> withTimeZone ? "timestamptz" : "timestamp";
            case DataType.Varbinary _ -> "bytes";
            case DataType.Array(DataType element) -> word(element) + "[]";
            case DataType.Struct _, DataType.Mapping _ ->
                throw new IllegalArgumentException("functions take no records and maps; give them the fields");
        };
    }

    /** This function, which can also be called in further ways, tried after those that it has. */
    PostgresFunction or(Class<?> methods, String... further) {
        return new PostgresFunction(
                getName(),
                Stream.concat(
                                signatures.stream(),
                                Arrays.stream(further).map(signature -> signature(getName(), methods, signature)))
                        .toList());
    }

    private static Signature signature(String name, Class<?> methods, String text) {
        int open = text.indexOf('(');
        int close = text.indexOf(')', open);
        List<String> operands = close == open + 1
                ? List.of()
                : List.of(text.substring(open + 1, close).split(", ", -1));
        return new Signature(
                text.substring(close + 1).strip(),
                operands,
                implementation(name, ScalarFunctionImpl.create(method(methods, text.substring(0, open), operands))));
    }

    private static Method method(Class<?> methods, String name, List<String> operands) {
        Class<?>[] types = operands.stream().map(PostgresFunction::javaType).toArray(Class<?>[]::new);
        try {
            return methods.getMethod(name, types);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException("no method for " + name + operands, e);
        }
    }

    private static Class<?> javaType(String word) {
        return switch (word) {
            case "text" -> String.class;
            case "int", "date", "time" -> int.class;
            case "bigint", "timestamp", "timestamptz", "interval" -> long.class;
            case "double" -> double.class;
            case "decimal" -> java.math.BigDecimal.class;
            case "boolean" -> boolean.class;
            case "bytes" -> org.apache.calcite.avatica.util.ByteString.class;
            default -> throw new IllegalArgumentException(word);
        };
    }

    private static SqlUserDefinedFunction implementation(String name, Function function) {
        return new SqlUserDefinedFunction(
                new SqlIdentifier(name, SqlParserPos.ZERO),
                SqlKind.OTHER_FUNCTION,
                binding -> binding.getOperandType(0),
                null,
                null,
                function);
    }

    private PostgresFunction(String name, List<Signature> signatures) {
        super(
                name.toUpperCase(Locale.ROOT),
                SqlKind.OTHER_FUNCTION,
                binding -> {
                    Signature signature = matching(signatures, binding.collectOperandTypes());
                    return signature == null
                            ? binding.getTypeFactory().createSqlType(SqlTypeName.ANY)
                            : signature.returnType(binding.collectOperandTypes(), binding.getTypeFactory());
                },
                null,
                new Operands(signatures),
                SqlFunctionCategory.USER_DEFINED_FUNCTION);
        this.signatures = List.copyOf(signatures);
    }

    /** The signature that takes operands of these types; they have been validated. */
    Signature signature(List<RelDataType> types) {
        Signature found = matching(signatures, types);
        if (found == null) {
            throw new IllegalStateException("no %s of %s".formatted(getName(), types));
        }
        return found;
    }

    private static @Nullable Signature matching(List<Signature> signatures, List<RelDataType> types) {
        return signatures.stream()
                .filter(signature -> signature.takes(types))
                .findFirst()
                .orElse(null);
    }

    private record Operands(List<Signature> signatures) implements SqlOperandTypeChecker {
        @Override
        public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
            if (matching(signatures, binding.collectOperandTypes()) != null) {
                return true;
            }
            if (throwOnFailure) {
                throw binding.newValidationSignatureError();
            }
            return false;
        }

        @Override
        public SqlOperandCountRange getOperandCountRange() {
            return SqlOperandCountRanges.between(
                    signatures.stream()
                            .mapToInt(signature -> signature.operands().size())
                            .min()
                            .orElse(0),
                    signatures.stream()
                            .mapToInt(signature -> signature.operands().size())
                            .max()
                            .orElse(0));
        }

        @Override
        public String getAllowedSignatures(SqlOperator operator, String name) {
            return signatures.stream()
                    .map(signature -> name + "(" + String.join(", ", signature.operands()) + ")")
                    .collect(Collectors.joining(", "));
        }
    }
}
