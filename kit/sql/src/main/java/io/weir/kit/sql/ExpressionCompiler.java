package io.weir.kit.sql;

import java.io.IOException;
import java.io.StringReader;
import java.lang.ref.SoftReference;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.JavaRowFormat;
import org.apache.calcite.adapter.enumerable.PhysTypeImpl;
import org.apache.calcite.adapter.enumerable.RexToLixTranslator;
import org.apache.calcite.jdbc.JavaTypeFactoryImpl;
import org.apache.calcite.linq4j.QueryProvider;
import org.apache.calcite.linq4j.function.Function1;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.BlockStatement;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.MemberDeclaration;
import org.apache.calcite.linq4j.tree.ParameterExpression;
import org.apache.calcite.linq4j.tree.Statement;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexProgramBuilder;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.schema.SchemaPlus;
import org.codehaus.commons.compiler.CompileException;
import org.codehaus.commons.compiler.util.reflect.ByteArrayClassLoader;
import org.codehaus.janino.ClassLoaderIClassLoader;
import org.codehaus.janino.IClassLoader;
import org.codehaus.janino.Parser;
import org.codehaus.janino.Scanner;
import org.codehaus.janino.UnitCompiler;
import org.codehaus.janino.util.ClassFile;
import org.jspecify.annotations.Nullable;

/** Expressions to bytecode, as Calcite's {@code JaninoRexCompiler} does it, but from one object array to another. */
final class ExpressionCompiler {

    private static final ParameterExpression IN = Expressions.parameter(Object[].class, "in");
    private static final ParameterExpression OUT = Expressions.parameter(Object[].class, "out");

    private static final String GENERATED = "GeneratedExpressions";

    private final RexBuilder rexBuilder;

    /**
     * Of all expressions of a plan: most of what compiling costs is to find out what a class has, and which names are no classes. Not for ever: a plan that runs
     * compiles no more, but for what fails.
     */
    private SoftReference<IClassLoader> classes = new SoftReference<>(null);

    ExpressionCompiler(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    /** Each evaluator that is supplied may keep caches of its own, so give each thread one. */
    Supplier<Evaluator> compile(List<RexNode> expressions, RelDataType input) {
        RexProgramBuilder program = new RexProgramBuilder(input, rexBuilder);
        for (RexNode expression : expressions) {
            program.addProject(
                    RexUtil.expandSearch(rexBuilder, null, expression).accept(new NestedExpressions(rexBuilder)), null);
        }
        JavaTypeFactoryImpl types = new JavaTypes();
        BlockBuilder body = new BlockBuilder();
        BlockBuilder once = new BlockBuilder().withRemoveUnused(false);
        Function1<String, RexToLixTranslator.InputGetter> correlates = name -> {
            throw new IllegalStateException("no correlation is left in a plan: " + name);
        };
        List<Expression> results = RexToLixTranslator.translateProjects(
                program.getProgram(),
                types,
                PostgresConformance.INSTANCE,
                body,
                once,
                null,
                DataContext.ROOT,
                new RexToLixTranslator.InputGetterImpl(IN, PhysTypeImpl.of(types, input, JavaRowFormat.ARRAY, false)),
                correlates);
        for (int i = 0; i < results.size(); i++) {
            body.add(Expressions.statement(
                    Expressions.assign(Expressions.arrayIndex(OUT, Expressions.constant(i)), results.get(i))));
        }
        Function1<DataContext, Evaluator> factory = load(once.toBlock().statements, body.toBlock());
        DataContext world = new World(BoundFunction.in(expressions));
        return () -> factory.apply(world);
    }

    private Function1<DataContext, Evaluator> load(List<Statement> once, BlockStatement body) {
        MemberDeclaration evaluate =
                Expressions.methodDecl(Modifier.PUBLIC, void.class, "evaluate", List.of(IN, OUT), body);
        List<Statement> make = new ArrayList<>(once);
        make.add(Expressions.return_(null, Expressions.new_((Type) Evaluator.class, List.of(), List.of(evaluate))));
        MemberDeclaration apply = Expressions.methodDecl(
                Modifier.PUBLIC, Object.class, "apply", List.of(ROOT_OBJECT), Expressions.block(withRoot(make)));
        String source = "package %s;\npublic class %s implements %s {\n%s}"
                .formatted(
                        ExpressionCompiler.class.getPackageName(),
                        GENERATED,
                        Function1.class.getName(),
                        Expressions.toString(List.of(apply), "\n", false));
        try {
            return newInstance(bytecode(source));
        } catch (CompileException e) {
            throw new IllegalStateException("generated code does not compile:\n" + source, e);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** One at a time: the compiler's knowledge of classes is not made for several threads. */
    private synchronized Map<String, byte[]> bytecode(String source) throws CompileException, IOException {
        IClassLoader known = classes.get();
        if (known == null) {
            known = new ClassLoaderIClassLoader(ExpressionCompiler.class.getClassLoader());
            classes = new SoftReference<>(known);
        }
        List<ClassFile> files = new ArrayList<>();
        new UnitCompiler(new Parser(new Scanner(null, new StringReader(source))).parseAbstractCompilationUnit(), known)
                .compileUnit(false, false, false, files);
        return files.stream().collect(Collectors.toMap(ClassFile::getThisClassName, ClassFile::toByteArray));
    }

    @SuppressWarnings("unchecked")
    private static Function1<DataContext, Evaluator> newInstance(Map<String, byte[]> bytecode) {
        try {
            return (Function1<DataContext, Evaluator>)
                    new ByteArrayClassLoader(bytecode, ExpressionCompiler.class.getClassLoader())
                            .loadClass(ExpressionCompiler.class.getPackageName() + "." + GENERATED)
                            .getConstructor()
                            .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("generated code does not load", e);
        }
    }

    private static final ParameterExpression ROOT_OBJECT = Expressions.parameter(Modifier.FINAL, Object.class, "root0");

    private static List<Statement> withRoot(List<Statement> statements) {
        List<Statement> all = new ArrayList<>();
        all.add(Expressions.declare(
                Modifier.FINAL, DataContext.ROOT, Expressions.convert_(ROOT_OBJECT, DataContext.class)));
        all.addAll(statements);
        return all;
    }

    /** The world as expressions see it: functions of the domain, and the time zone, which is UTC. */
    private record World(Map<String, Object> functions) implements DataContext {
        @Override
        public @Nullable SchemaPlus getRootSchema() {
            return null;
        }

        @Override
        @SuppressWarnings("NullAway") // no query is run through it
        public org.apache.calcite.adapter.java.JavaTypeFactory getTypeFactory() {
            return null;
        }

        @Override
        @SuppressWarnings("NullAway") // no query is run through it
        public QueryProvider getQueryProvider() {
            return null;
        }

        @Override
        public @Nullable Object get(String name) {
            return name.equals(Variable.TIME_ZONE.camelName) ? TimeZone.getTimeZone("UTC") : functions.get(name);
        }
    }
}
