package io.weir.benchmarks.comparison;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A workload as a script of Flink SQL, over the same topics. */
final class FlinkScript {

    private FlinkScript() {}

    static String of(Task task) {
        Workload workload = Workloads.of(task.workload());
        List<String> statements = new ArrayList<>();
        settings(task).forEach((name, value) -> statements.add("SET '%s' = '%s'".formatted(name, value)));
        workload.inputs(task.run())
                .forEach(input -> statements.add(table(input, task, input.kind() == DataProduct.Kind.EVENTS, false)));
        DataProduct output = workload.output(task.run());
        statements.add(table(output, task, workload.appends(), true));
        statements.add("INSERT INTO `%s` %s".formatted(output.name().product(), workload.flinkSql()));
        return String.join(";\n", statements);
    }

    private static Map<String, String> settings(Task task) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("parallelism.default", Integer.toString(task.threads()));
        settings.put("table.local-time-zone", "UTC");
        settings.put("pipeline.object-reuse", "true");
        settings.put("execution.checkpointing.mode", "EXACTLY_ONCE");
        settings.put("execution.checkpointing.interval", task.commitMs() + " ms");
        settings.put("execution.checkpointing.dir", "file://" + task.stateDirectory());
        settings.put("execution.checkpointing.incremental", "true");
        settings.put("state.backend.type", task.engine() == Engine.FLINK_MEMORY ? "hashmap" : "rocksdb");
        settings.put("taskmanager.memory.managed.size", "256m");
        settings.put("taskmanager.numberOfTaskSlots", Integer.toString(task.threads()));
        // What Weir does with the changes of one transaction, Flink does only when it is told to.
        settings.put("table.exec.mini-batch.enabled", "true");
        settings.put("table.exec.mini-batch.allow-latency", task.commitMs() + " ms");
        settings.put("table.exec.mini-batch.size", "5000");
        return settings;
    }

    private static String table(DataProduct product, Task task, boolean onlyAdded, boolean isOutput) {
        List<String> columns = product.rowType().columns().stream()
                .map(FlinkScript::column)
                .collect(Collectors.toCollection(ArrayList::new));
        String key = product.key().stream()
                .map(position -> product.rowType().columns().get(position).name())
                .collect(Collectors.joining(", "));
        Map<String, String> with = new LinkedHashMap<>();
        if (onlyAdded) {
            with.put("connector", "kafka");
            with.put("key.fields", key.replace(", ", ";"));
            if (!isOutput) {
                with.put("scan.startup.mode", "earliest-offset");
            }
        } else {
            with.put("connector", "upsert-kafka");
            columns.add("PRIMARY KEY (%s) NOT ENFORCED".formatted(key));
        }
        with.put("topic", product.name().topic());
        with.put("properties.bootstrap.servers", task.bootstrapServers());
        with.put("key.format", "avro");
        with.put("value.format", "avro");
        if (isOutput) {
            with.put("sink.delivery-guarantee", "exactly-once");
            with.put("sink.transaction-naming-strategy", "POOLING");
            with.put("sink.transactional-id-prefix", "flink-" + task.run());
            with.put("properties.compression.type", "lz4");
            with.put("properties.linger.ms", Long.toString(task.commitMs()));
            with.put("properties.batch.size", "65536");
            with.put("properties.transaction.timeout.ms", "600000");
        } else {
            with.put("properties.group.id", "flink-" + task.run());
            with.put("properties.isolation.level", "read_committed");
        }
        String options = with.entrySet().stream()
                .map(option -> "'%s' = '%s'".formatted(option.getKey(), option.getValue()))
                .collect(Collectors.joining(", "));
        return "CREATE TABLE `%s` (%s) WITH (%s)"
                .formatted(product.name().product(), String.join(", ", columns), options);
    }

    private static String column(Column column) {
        return "`%s` %s%s".formatted(column.name(), type(column.type()), column.nullable() ? "" : " NOT NULL");
    }

    private static String type(DataType type) {
        return switch (type) {
            case DataType.Bool _ -> "BOOLEAN";
            case DataType.Int _ -> "INT";
            case DataType.BigInt _ -> "BIGINT";
            case DataType.Real _ -> "FLOAT";
            case DataType.DoublePrecision _ -> "DOUBLE";
            case DataType.Decimal(int precision, int scale) -> "DECIMAL(%d, %d)".formatted(precision, scale);
            case DataType.Varchar _ -> "STRING";
            case DataType.Date _ -> "DATE";
            case DataType.Time _ -> "TIME";
            case DataType.Timestamp(boolean zoned) -> zoned ? "TIMESTAMP_LTZ(3)" : "TIMESTAMP(3)";
            case DataType.Varbinary _ -> "BYTES";
            case DataType.Array(DataType element) -> "ARRAY<%s>".formatted(type(element));
            case DataType.Mapping(DataType value) -> "MAP<STRING, %s>".formatted(type(value));
            case DataType.Struct(var fields) ->
                fields.stream().map(FlinkScript::column).collect(Collectors.joining(", ", "ROW<", ">"));
        };
    }
}
