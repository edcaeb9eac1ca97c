package io.weir.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.Connection;
import io.weir.kit.contract.Secret;
import java.net.URI;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatabasesTest {

    private static final Connection SHOP = new Connection(
            URI.create("postgresql://db.example:5432/shop"),
            "weir_capture",
            Optional.of(new Secret.Env("SHOP_PASSWORD")));

    @Test
    void shouldSayWhereAWrongPasswordComesFrom() {
        assertThat(Databases.explain("sources/shop.yaml", SHOP, new SQLException("FATAL", "28P01")))
                .startsWith("sources/shop.yaml: ")
                .contains("weir_capture")
                .contains("wrong password")
                .contains("SHOP_PASSWORD");
    }

    @Test
    void shouldSayThatADatabaseDoesNotAnswer() {
        assertThat(Databases.explain("sources/shop.yaml", SHOP, new SQLException("Connection refused", "08001")))
                .contains("postgresql://db.example:5432/shop does not answer")
                .contains("check host and port");
    }

    @Test
    void shouldSayThatADatabaseIsNotThere() {
        assertThat(Databases.explain("syncs/crm.yaml", SHOP, new SQLException("FATAL", "3D000")))
                .contains("db.example:5432 has no database \"shop\"");
    }
}
