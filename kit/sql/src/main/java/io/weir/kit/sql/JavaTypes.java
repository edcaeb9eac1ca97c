package io.weir.kit.sql;

import java.lang.reflect.Type;
import org.apache.calcite.jdbc.JavaTypeFactoryImpl;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeName;

/** Types and the Java classes that hold them: a record inside a row has no class of its own, as Calcite would make one, but is a list of its fields' values. */
final class JavaTypes extends JavaTypeFactoryImpl {

    JavaTypes() {
        super(PostgresTypeSystem.INSTANCE);
    }

    @Override
    public Type getJavaClass(RelDataType type) {
        return type.getSqlTypeName() == SqlTypeName.ROW ? Object.class : super.getJavaClass(type);
    }
}
