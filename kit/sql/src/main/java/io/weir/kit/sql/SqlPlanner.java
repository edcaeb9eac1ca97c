package io.weir.kit.sql;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProblemsException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.calcite.jdbc.JavaTypeFactoryImpl;
import org.apache.calcite.plan.Contexts;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelRule;
import org.apache.calcite.plan.hep.HepMatchOrder;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.core.AsofJoin;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.metadata.RelColumnOrigin;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.rel.rules.JoinPushExpressionsRule;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSetOperator;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.parser.babel.SqlBabelParserImpl;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql2rel.ConvertToChecked;
import org.apache.calcite.sql2rel.RelFieldTrimmer;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.tools.RelBuilderFactory;

/**
 * One SELECT to one plan, or the reason why not.
 *
 * <p>Semantics and names are PostgreSQL's. Whatever is not maintained is refused here, with its place and what to write instead; nothing is ignored.
 */
public final class SqlPlanner {

    private static final SqlParser.Config PARSER = SqlParser.config()
            .withParserFactory(SqlBabelParserImpl.FACTORY)
            .withUnquotedCasing(org.apache.calcite.avatica.util.Casing.TO_LOWER)
            .withQuotedCasing(org.apache.calcite.avatica.util.Casing.UNCHANGED)
            .withQuoting(org.apache.calcite.avatica.util.Quoting.DOUBLE_QUOTE)
            .withCaseSensitive(true)
            .withConformance(PostgresConformance.INSTANCE);

    /** The rule would lose what a temporal join compares. */
    private static final RelOptRule JOIN_PUSH_EXPRESSIONS = JoinPushExpressionsRule.Config.DEFAULT
            .withOperandSupplier(operand -> operand.operand(Join.class)
                    .predicate(join -> !(join instanceof AsofJoin))
                    .anyInputs())
            .toRule();

    private static final RelBuilderFactory BUILDERS = RelBuilder.proto(Contexts.empty());

    private final Model model;
    private final Domain domain;
    private final Catalog catalog;
    private final JavaTypeFactoryImpl typeFactory = new JavaTypes();
    private final RexBuilder rexBuilder = new RexBuilder(typeFactory);

    private SqlPlanner(Model model, Domain domain) {
        this.model = model;
        this.domain = domain;
        this.catalog = new Catalog(domain);
    }

    /** Plans one model of a domain; a {@link ProblemsException} tells what is wrong with the SQL, and where. */
    public static ModelPlan plan(Model model, Domain domain) {
        return new SqlPlanner(model, domain).plan();
    }

    private ModelPlan plan() {
        DataProduct output = domain.products().get(model.product());
        if (output == null) {
            throw problems(List.of(new Refusal(
                    SqlParserPos.ZERO,
                    "there is no contract for %s; write contracts/%s.odcs.yaml"
                            .formatted(
                                    model.product().localName(), model.product().product()))));
        }
        List<Refusal> further = new ArrayList<>();
        try {
            return plan(output, further);
        } catch (Refusal refusal) {
            List<Refusal> all = new ArrayList<>();
            all.add(refusal);
            further.stream().filter(other -> other != refusal).forEach(all::add);
            throw problems(all);
        }
    }

    private ModelPlan plan(DataProduct output, List<Refusal> further) {
        SqlNode parsed = new TemporalJoins(domain).rewritten(parse());
        Language.checkShape(parsed);
        List<Guard> guards = ErrorPolicies.apply(parsed, output);
        DomainFunctions functions = new DomainFunctions(domain);
        SqlNode resolved = ClockSyntax.withoutAges(
                WindowSyntax.withoutFilters(functions.resolve(RecordSyntax.in(parsed, domain))));
        CalciteCatalogReader reader = catalog.reader(typeFactory);
        SqlValidator validator = new PostgresValidator(
                PostgresOperators.INSTANCE.and(Stream.concat(guards.stream(), functions.functions().stream())
                        .toList()),
                reader,
                typeFactory);
        SqlNode validated = told(() -> validator.validate(resolved));
        LanguageCalls.check(validated, validator);

        HepPlanner planner = new HepPlanner(rules());
        RelOptCluster cluster = RelOptCluster.create(planner, rexBuilder);
        SqlToRelConverter converter = new SqlToRelConverter(
                (type, sql, schemaPath, viewPath) -> {
                    throw new IllegalStateException("there are no views");
                },
                validator,
                reader,
                cluster,
                WindowSyntax.CONVERTLETS,
                SqlToRelConverter.config()
                        .withExpand(false)
                        .withTrimUnusedFields(false)
                        .withInSubQueryThreshold(Integer.MAX_VALUE));
        RelRoot root = told(() -> converter.convertQuery(validated, false, true));
        OutputShape shape = new OutputShape(output, rexBuilder, columnPositions(validated));
        RelNode shaped;
        try {
            shaped = shape.fit(root);
        } finally {
            further.addAll(shape.refusals());
        }
        RelNode plain = new SubQueries(BUILDERS, BUILDERS.create(cluster, null), Language.firstSubQuery(resolved))
                .remove(Unnest.in(shaped));
        RelNode optimised = optimise(plain, planner, cluster, validator);

        Operator plan = new PlanBuilder(rexBuilder, output.settings().emit(), Language.onlyCondition(parsed))
                .rows(new ConvertToChecked(rexBuilder, true)
                        .visit(new PostgresExpressions(rexBuilder).visit(optimised)));
        TimePlan.check(plan);
        WindowClosing.check(plan, output);
        checkAppendOnly(plan, output, parsed);
        Uniqueness.Verdict verdict = unique(plan, output, parsed);
        return new ModelPlan(
                model,
                output,
                plan,
                verdict,
                lineage(optimised, output),
                Masking.of(optimised, output),
                ColumnUses.of(optimised, output),
                Approximations.columns(optimised, output),
                functions.references(),
                new ExpressionCompiler(rexBuilder));
    }

    /** Where the contract says that rows are only added, no row of the query may ever be taken back. */
    private static void checkAppendOnly(Operator plan, DataProduct output, SqlNode query) {
        if (output.kind() == DataProduct.Kind.EVENTS && !plan.isAppendOnly()) {
            throw new Refusal(
                    query.getParserPosition(),
                    "%s is of kind events, whose rows are only added, but a row of this query can change or go (%s); say kind: table in its contract, or select from events without grouping them"
                            .formatted(
                                    output.name().localName(),
                                    firstTakingBack(plan).keeps().split(";", 2)[0]));
        }
    }

    private static Operator firstTakingBack(Operator plan) {
        return plan.inputs().stream()
                .map(Edge::from)
                .filter(input -> !input.isAppendOnly())
                .findFirst()
                .map(SqlPlanner::firstTakingBack)
                .orElse(plan);
    }

    private SqlNode parse() {
        try {
            return parse(model.sql());
        } catch (SqlParseException e) {
            throw new Refusal(e.getPos() == null ? SqlParserPos.ZERO : e.getPos(), Messages.syntax(e));
        }
    }

    /** One query, which may end in a semicolon. */
    static SqlNode parse(String sql) throws SqlParseException {
        String trimmed = sql.stripTrailing();
        PostgresSyntax syntax =
                new PostgresSyntax(trimmed.endsWith(";") ? trimmed.substring(0, trimmed.length() - 1) : sql);
        return syntax.meant(SqlParser.create(syntax.forParser(), PARSER).parseQuery());
    }

    static SqlNode expression(String sql) throws SqlParseException {
        return SqlParser.create(sql, PARSER).parseExpression();
    }

    /** What Calcite throws, in words for a user. */
    private <T> T told(Supplier<T> step) {
        Set<String> columns = new LinkedHashSet<>();
        catalog.names().stream()
                .filter(name -> model.sql().contains(name.substring(name.indexOf('.') + 1)))
                .forEach(name -> columns.addAll(catalog.columnsOf(name)));
        try {
            return step.get();
        } catch (CalciteContextException e) {
            throw new Refusal(
                    new SqlParserPos(e.getPosLine(), e.getPosColumn()),
                    Messages.validation(e, model.sql(), catalog.names(), columns));
        }
    }

    private static HepProgram rules() {
        List<RelOptRule> rules = Stream.of(
                        CoreRules.FILTER_INTO_JOIN,
                        CoreRules.JOIN_CONDITION_PUSH,
                        CoreRules.FILTER_PROJECT_TRANSPOSE,
                        CoreRules.FILTER_AGGREGATE_TRANSPOSE,
                        CoreRules.FILTER_SET_OP_TRANSPOSE,
                        CoreRules.UNION_MERGE,
                        CoreRules.INTERSECT_MERGE,
                        CoreRules.MINUS_MERGE,
                        CoreRules.FILTER_MERGE,
                        CoreRules.PROJECT_MERGE,
                        CoreRules.PROJECT_REMOVE,
                        JOIN_PUSH_EXPRESSIONS)
                .<RelOptRule>map(rule -> ((RelRule<?>) rule)
                        .config
                        .withRelBuilderFactory(BUILDERS)
                        .toRule())
                .toList();
        return HepProgram.builder()
                .addMatchOrder(HepMatchOrder.BOTTOM_UP)
                .addRuleCollection(rules)
                .build();
    }

    private static RelNode optimise(RelNode query, HepPlanner planner, RelOptCluster cluster, SqlValidator validator) {
        RelBuilder builder = BUILDERS.create(cluster, null);
        planner.setRoot(query);
        RelNode pushed = planner.findBestExp();
        RelNode trimmed = new RelFieldTrimmer(validator, builder).trim(pushed);
        planner.setRoot(trimmed);
        return planner.findBestExp();
    }

    private Uniqueness.Verdict unique(Operator plan, DataProduct output, SqlNode query) {
        if (output.key().isEmpty()) {
            return Uniqueness.Verdict.PROVED;
        }
        Uniqueness uniqueness = new Uniqueness(plan);
        Uniqueness.Verdict verdict = uniqueness.of(output.key());
        if (verdict == Uniqueness.Verdict.REFUTED) {
            throw new Refusal(
                    query.getParserPosition(),
                    "the query can give several rows for one key of %s: its rows are told apart by (%s), and the contract's primary key is (%s); group by the key, or put the other columns into it"
                            .formatted(
                                    output.name().localName(),
                                    names(output, uniqueness.tellApart(output.key())),
                                    names(output, output.key())));
        }
        return verdict;
    }

    private static String names(DataProduct product, List<Integer> columns) {
        return columns.stream()
                .map(column -> product.rowType().columns().get(column).name())
                .collect(Collectors.joining(", "));
    }

    private static Map<String, Set<String>> lineage(RelNode root, DataProduct output) {
        RelMetadataQuery metadata = root.getCluster().getMetadataQuery();
        Map<String, Set<String>> lineage = new LinkedHashMap<>();
        for (int i = 0; i < output.rowType().size(); i++) {
            Set<RelColumnOrigin> origins = metadata.getColumnOrigins(root, i);
            Set<String> columns = new LinkedHashSet<>();
            if (origins != null) {
                origins.stream()
                        .map(origin -> "%s.%s"
                                .formatted(
                                        origin.getOriginTable()
                                                .unwrapOrThrow(ProductTable.class)
                                                .product()
                                                .name()
                                                .topic(),
                                        origin.getOriginTable()
                                                .getRowType()
                                                .getFieldNames()
                                                .get(origin.getOriginColumnOrdinal())))
                        .sorted()
                        .forEach(columns::add);
            }
            lineage.put(output.rowType().columns().get(i).name(), columns);
        }
        return lineage;
    }

    private static List<SqlParserPos> columnPositions(SqlNode query) {
        SqlNode body = query instanceof SqlWith with ? with.body : query;
        while (body instanceof SqlBasicCall call && call.getOperator() instanceof SqlSetOperator) {
            body = call.operand(0);
        }
        return body instanceof SqlSelect select
                ? select.getSelectList().stream()
                        .map(SqlNode::getParserPosition)
                        .toList()
                : List.of();
    }

    private ProblemsException problems(List<Refusal> refusals) {
        return new ProblemsException(refusals.stream().map(this::problem).toList());
    }

    private Problem problem(Refusal refusal) {
        SqlParserPos position = refusal.position();
        return new Problem(
                model.file().toString(),
                Math.max(0, position.getLineNum()),
                Math.max(0, position.getColumnNum()),
                String.valueOf(refusal.getMessage()));
    }
}
