package io.weir.kit.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.JsonRows;
import io.weir.kit.contract.RowType;
import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.ChangeBuilder;
import io.weir.kit.sql.change.Collector;
import io.weir.kit.sql.change.Distribution;
import io.weir.kit.stream.Output;
import io.weir.kit.stream.QuarantineHeaders;
import io.weir.kit.stream.ReasonCode;
import io.weir.kit.stream.StageHaltException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.calcite.rel.type.RelDataType;
import org.jspecify.annotations.Nullable;

/**
 * The way out of an operator: its rows go through its {@link Calc}, are added up, and leave as one message, or as one per partition key where they have to move.
 *
 * <p>A row on which an expression fails is as if it were not there: it is rejected when it comes, and passed over when it goes. One per thread.
 */
final class Outlet implements Collector {

    private static final byte[] NO_KEY = {};

    private final String file;
    private final String sql;
    private final Calc calc;
    private final RowProgram program;
    private final @Nullable Distribution distribution;
    private final ChangeBuilder builder = new ChangeBuilder();
    private final List<Output.Rejected> rejected = new ArrayList<>();
    private final Operator operator;
    private final boolean withWatermarks;
    private byte @Nullable [] key;
    private @Nullable Long watermark;
    private int partition;

    /** {@code withWatermarks}: whether the next operator hears them. */
    Outlet(ModelPlan plan, Operator operator, @Nullable Distribution distribution, boolean withWatermarks) {
        this.file = plan.model().file().toString();
        this.sql = plan.model().sql();
        this.calc = operator.calc();
        this.program = plan.program(operator).program();
        this.distribution = distribution;
        this.operator = operator;
        this.withWatermarks = withWatermarks;
    }

    @Override
    public void add(@Nullable Object[] row, long weight) {
        try {
            @Nullable Object[] out = program.run(row);
            if (out != null) {
                builder.add(out, weight);
            }
        } catch (RowProgram.Failure failure) {
            if (weight > 0) {
                rejected.add(rejection(failure, key, json(row, calc.input()), QuarantineHeaders.FORM_JSON));
            }
        }
    }

    @Override
    public void late(@Nullable Object[] row, long weight) {
        Operator from = operator.inputs().getFirst().from();
        rejected.add(new Output.Rejected(
                ReasonCode.LATE,
                null,
                null,
                weight > 0
                        ? "its window of event time has closed"
                        : "its window of event time has closed, so it is not taken out of it any more",
                key,
                json(row, from.calc().names(), from.types()),
                null,
                QuarantineHeaders.FORM_JSON));
    }

    @Override
    public void watermark(long time) {
        if (withWatermarks) {
            watermark = time;
        }
    }

    @Override
    public void failed(@Nullable Object[] row, Exception failure) {
        JoinRows.Failed failed = (JoinRows.Failed) failure;
        rejected.add(rejection(failed.failure(), key, json(row, failed.columns()), QuarantineHeaders.FORM_JSON));
    }

    /** The row after the operator's {@link Calc}; null where it is filtered or, with a rejection, where an expression fails. */
    @Nullable
    Object @Nullable [] calculate(@Nullable Object[] row, byte @Nullable [] rowKey, byte @Nullable [] rowValue) {
        try {
            return program.run(row);
        } catch (RowProgram.Failure failure) {
            rejected.add(rejection(failure, rowKey, rowValue, QuarantineHeaders.FORM_READ));
            return null;
        }
    }

    /** The same for a row that goes: if it failed, that was told when it came. */
    @Nullable
    Object @Nullable [] calculateAgain(@Nullable Object[] row) {
        try {
            return program.run(row);
        } catch (RowProgram.Failure _) {
            return null;
        }
    }

    /** Takes a row that has been calculated. */
    void addCalculated(@Nullable Object[] row, long weight) {
        builder.add(row, weight);
    }

    void reject(Output.Rejected rejection) {
        rejected.add(rejection);
    }

    /** The key of the record that is worked on, for rejections. */
    void startRecord(byte @Nullable [] recordKey) {
        key = recordKey;
    }

    /** The partition that it is of, for watermarks. */
    void startIn(int taskPartition) {
        partition = taskPartition;
    }

    /** Hands over all that came since the last time: key and message. */
    void flush(BiConsumer<byte @Nullable [], Message> forward) {
        for (Output.Rejected rejection : rejected) {
            forward.accept(key, new Message.Rejection(rejection));
        }
        rejected.clear();
        rows(builder.build(), forward);
        Long reached = watermark;
        if (reached != null) {
            watermark = null;
            forward.accept(NO_KEY, new Message.Watermark(partition, reached));
        }
    }

    private void rows(Change change, BiConsumer<byte @Nullable [], Message> forward) {
        if (change.isEmpty()) {
            return;
        }
        if (distribution == null) {
            forward.accept(key, new Message.Rows(change));
        } else {
            for (Distribution.Message message : distribution.split(change)) {
                forward.accept(message.key(), new Message.Rows(message.change()));
            }
        }
    }

    private Output.Rejected rejection(
            RowProgram.Failure failure, byte @Nullable [] rowKey, byte @Nullable [] rowValue, String form) {
        int line = failure.position().getLineNum();
        String text = Positions.text(sql, failure.position());
        String detail = text.isEmpty() ? failure.getMessage() : "%s in \"%s\"".formatted(failure.getMessage(), text);
        String place =
                line > 0 ? "%s:%d:%d".formatted(file, line, failure.position().getColumnNum()) : file;
        if (failure.isFatal()) {
            throw new StageHaltException("halted by the contract of the output, onError of \"%s\": %s: %s"
                    .formatted(failure.column(), place, detail));
        }
        return new Output.Rejected(
                ReasonCode.EXPRESSION_FAILED,
                place,
                failure.column().isEmpty() || failure.column().startsWith("$") ? null : failure.column(),
                place + ": " + detail,
                rowKey,
                rowValue,
                null,
                form);
    }

    /** A computed row has no bytes of its own, so its columns are written out. */
    private static byte[] json(@Nullable Object[] row, RelDataType type) {
        return json(
                row,
                type.getFieldNames(),
                type.getFieldList().stream()
                        .map(field -> Types.fromCalcite(field.getType()).orElseThrow())
                        .toList());
    }

    private static byte[] json(@Nullable Object[] row, List<String> names, List<DataType> types) {
        Map<String, Column> columns = new LinkedHashMap<>();
        for (int i = 0; i < row.length; i++) {
            String name = names.get(i);
            Column column = new Column(columns.containsKey(name) ? name + "#" + i : name, types.get(i), true);
            columns.put(column.name(), column);
        }
        return JsonRows.write(InputReader.outside(row), new RowType(List.copyOf(columns.values())))
                .toString()
                .getBytes(UTF_8);
    }
}
