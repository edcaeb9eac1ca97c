package io.weir.reversesync;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Sync;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SyncStatementsTest {

    private static final Map<String, String> TYPES =
            Map.of("id", "bigint", "Name", "character varying", "extra", "json");

    @Test
    void shouldUpsertAndDeleteAWholeBatch() {
        SyncStatements statements = SyncStatements.of(target(Sync.Mode.UPSERT), TYPES::get);

        assertThat(statements.upsert())
                .isEqualTo(
                        "INSERT INTO \"public\".\"people\" AS d (\"id\", \"Name\", \"extra\") SELECT s.c0::bigint, s.c1::character varying, s.c2::json FROM unnest(?::text[], ?::text[], ?::text[]) WITH ORDINALITY AS s (c0, c1, c2, ordinal) ON CONFLICT (\"id\") DO UPDATE SET \"Name\" = excluded.\"Name\", \"extra\" = excluded.\"extra\" WHERE d.\"Name\" IS DISTINCT FROM excluded.\"Name\" OR d.\"extra\"::text IS DISTINCT FROM excluded.\"extra\"::text");
        assertThat(statements.delete())
                .isEqualTo(
                        "DELETE FROM \"public\".\"people\" AS d USING unnest(?::text[]) WITH ORDINALITY AS s (c0, ordinal) WHERE d.\"id\" = s.c0::bigint");
        assertThat(statements.update()).isNull();
        assertThat(statements.existing()).isNull();
    }

    @Test
    void shouldNeverTouchExistingRowsInInsertMode() {
        SyncStatements statements = SyncStatements.of(target(Sync.Mode.INSERT), TYPES::get);

        assertThat(statements.upsert()).endsWith("ON CONFLICT (\"id\") DO NOTHING");
        assertThat(statements.delete()).isNull();
    }

    @Test
    void shouldNeverAddRowsInUpdateMode() {
        SyncStatements statements = SyncStatements.of(target(Sync.Mode.UPDATE), TYPES::get);

        assertThat(statements.upsert()).isNull();
        assertThat(statements.update())
                .isEqualTo(
                        "UPDATE \"public\".\"people\" AS d SET \"Name\" = s.c1::character varying, \"extra\" = s.c2::json FROM unnest(?::text[], ?::text[], ?::text[]) WITH ORDINALITY AS s (c0, c1, c2, ordinal) WHERE d.\"id\" = s.c0::bigint RETURNING s.ordinal");
    }

    @Test
    void shouldTellShapesApart() {
        assertThat(target(Sync.Mode.UPSERT).shape())
                .isEqualTo(target(Sync.Mode.UPSERT).shape())
                .isNotEqualTo(target(Sync.Mode.INSERT).shape());
    }

    private static Target target(Sync.Mode mode) {
        return new Target(
                "public",
                "people",
                mode,
                List.of(new Target.Cell("id", 0, "id", new DataType.BigInt())),
                List.of(
                        new Target.Cell("name", 1, "Name", new DataType.Varchar()),
                        new Target.Cell("extra", 2, "extra", new DataType.Varchar())));
    }
}
