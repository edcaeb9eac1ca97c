package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.DidYouMean;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;

/** Brings a query's columns into the order and types of the contract, or says what does not fit. */
final class OutputShape {

    private final DataProduct product;
    private final RexBuilder rexBuilder;
    private final List<SqlParserPos> positions;
    private final List<Refusal> refusals = new ArrayList<>();

    /** {@code positions} are those of the query's columns. */
    OutputShape(DataProduct product, RexBuilder rexBuilder, List<SqlParserPos> positions) {
        this.product = product;
        this.rexBuilder = rexBuilder;
        this.positions = positions;
    }

    List<Refusal> refusals() {
        return refusals;
    }

    LogicalProject fit(RelRoot query) {
        Map<String, Integer> columns = new LinkedHashMap<>();
        List<String> contracted =
                product.rowType().columns().stream().map(Column::name).toList();
        for (int i = 0; i < query.fields.size(); i++) {
            String name = query.fields.rightList().get(i);
            if (name.startsWith("EXPR$")) {
                refusals.add(new Refusal(
                        position(i), "this column has no name; write AS and one of the contract's columns"));
            } else if (columns.putIfAbsent(name, i) != null) {
                refusals.add(new Refusal(position(i), "column \"%s\" is given twice".formatted(name)));
            } else if (!contracted.contains(name)) {
                refusals.add(new Refusal(
                        position(i),
                        "column \"%s\" is not in the contract of %s%s"
                                .formatted(name, product.name().localName(), DidYouMean.hint(name, contracted))));
            }
        }
        List<RexNode> projections = new ArrayList<>();
        for (Column column : product.rowType().columns()) {
            Integer at = columns.get(column.name());
            if (at == null) {
                refusals.add(new Refusal(
                        SqlParserPos.ZERO,
                        "the contract of %s has a column \"%s\" that the query does not give; add it to the SELECT, or take it out of the contract"
                                .formatted(product.name().localName(), column.name())));
                continue;
            }
            RexNode given =
                    rexBuilder.makeInputRef(query.rel, query.fields.leftList().get(at));
            projections.add(cast(given, column, position(at)));
        }
        if (!refusals.isEmpty()) {
            throw refusals.getFirst();
        }
        return LogicalProject.create(query.rel, List.of(), projections, contracted, java.util.Set.of());
    }

    private SqlParserPos position(int column) {
        return column < positions.size() ? positions.get(column) : SqlParserPos.ZERO;
    }

    private RexNode cast(RexNode given, Column column, SqlParserPos position) {
        RelDataType from = given.getType();
        RelDataType to = Types.toCalcite(column.type(), from.isNullable(), rexBuilder.getTypeFactory());
        if (from.getSqlTypeName() == SqlTypeName.NULL) {
            if (!column.nullable()) {
                refusals.add(new Refusal(
                        position,
                        "column \"%s\" is always null, but the contract requires it".formatted(column.name())));
            }
            return rexBuilder.makeNullLiteral(to);
        }
        DataType type = Types.fromCalcite(from).orElse(null);
        boolean interval = from.getSqlTypeName().getFamily() != null
                && org.apache.calcite.sql.type.SqlTypeName.INTERVAL_TYPES.contains(from.getSqlTypeName());
        if (type != null && !interval) {
            if (Types.isAlike(type, column.type())) {
                return given;
            }
            if (widens(type, column.type())) {
                return rexBuilder.makeCast(position, to, given, true, false);
            }
        }
        refusals.add(new Refusal(
                position,
                "column \"%s\" is %s, but the contract says %s; write CAST(... AS %s), or change the contract"
                        .formatted(
                                column.name(), Types.sql(from), Types.sql(column.type()), Types.sql(column.type()))));
        return rexBuilder.makeNullLiteral(to);
    }

    /**
     * Whether every value stays what it is. An unbounded number (a sum or an average) may also go into a bounded one that has its digits behind the point: it can
     * only be too large, and then the row goes to quarantine.
     */
    private static boolean widens(DataType from, DataType to) {
        return switch (from) {
            case DataType.Int _ ->
                to instanceof DataType.BigInt
                        || to instanceof DataType.DoublePrecision
                        || (to instanceof DataType.Decimal decimal && decimal.precision() - decimal.scale() >= 10);
            case DataType.BigInt _ ->
                to instanceof DataType.DoublePrecision
                        || (to instanceof DataType.Decimal decimal && decimal.precision() - decimal.scale() >= 19);
            case DataType.Real _ -> to instanceof DataType.DoublePrecision;
            case DataType.Decimal number ->
                switch (to) {
                    case DataType.Decimal column ->
                        column.scale() >= number.scale()
                                && (number.precision() == PostgresTypeSystem.MAX_DIGITS
                                        || column.precision() - column.scale() >= number.precision() - number.scale());
                    case DataType.BigInt _ ->
                        number.scale() == 0
                                && (number.precision() == PostgresTypeSystem.MAX_DIGITS || number.precision() < 19);
                    case DataType.DoublePrecision _ -> true;
                    case DataType.Bool _,
                            DataType.Int _,
                            DataType.Real _,
                            DataType.Varchar _,
                            DataType.Date _,
                            DataType.Time _,
                            DataType.Timestamp _,
                            DataType.Varbinary _,
                            DataType.Array _,
                            DataType.Struct _,
                            DataType.Mapping _ -> false;
                };
            case DataType.Date _ -> to instanceof DataType.Timestamp(boolean withTimeZone) && !withTimeZone;
            case DataType.Bool _,
                    DataType.DoublePrecision _,
                    DataType.Varchar _,
                    DataType.Time _,
                    DataType.Timestamp _,
                    DataType.Varbinary _,
                    DataType.Array _,
                    DataType.Struct _,
                    DataType.Mapping _ -> false;
        };
    }
}
