package io.weir.kit.sql;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.sql.change.Join;
import io.weir.kit.sql.change.SetOperation;
import io.weir.kit.sql.change.TopRows;
import io.weir.kit.sql.change.WindowFunctions;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.NlsString;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a plan tell its rows apart, from the contracts' keys and what the operators do to them.
 *
 * <p>Calcite's metadata stops at expressions and window functions; this follows functional dependencies through every operator (Armstrong's axioms: the closure
 * of the key's columns must hold a key of the rows). Each value that a row has anywhere in the plan is an attribute.
 */
final class Uniqueness {

    /** What is known of a query's key. */
    enum Verdict {
        /** No two rows can have one key. */
        PROVED,
        /** Other columns tell rows apart that have one key. */
        REFUTED,
        /** The contracts do not say; checked as rows flow. */
        UNDECIDED
    }

    /** {@code possible}: it holds if the inputs of a UNION do not share keys, which only the data can tell. */
    private record Dependency(Set<Integer> on, int determined, boolean possible) {
        Dependency(Set<Integer> on, int determined) {
            this(on, determined, false);
        }
    }

    /**
     * What holds between the attributes of an operator's rows.
     *
     * @param computed the attributes that are expressions of others, by these: the same expression is the same attribute
     */
    private record Facts(
            List<Integer> outputs,
            List<Dependency> dependencies,
            Set<Integer> key,
            Set<Integer> neverNull,
            Map<String, Integer> computed) {

        Facts(List<Integer> outputs, List<Dependency> dependencies, Set<Integer> key, Set<Integer> neverNull) {
            this(outputs, dependencies, key, neverNull, Map.of());
        }

        Set<Integer> closure(Set<Integer> attributes) {
            return closure(attributes, false);
        }

        private Set<Integer> closure(Set<Integer> attributes, boolean possible) {
            Set<Integer> closure = new HashSet<>(attributes);
            boolean grows = true;
            while (grows) {
                grows = false;
                for (Dependency dependency : dependencies) {
                    if ((possible || !dependency.possible)
                            && closure.containsAll(dependency.on)
                            && closure.add(dependency.determined)) {
                        grows = true;
                    }
                }
            }
            return closure;
        }

        Set<Integer> attributes(Iterable<Integer> columns) {
            Set<Integer> attributes = new HashSet<>();
            columns.forEach(column -> attributes.add(outputs.get(column)));
            return attributes;
        }

        boolean isUnique(Set<Integer> attributes) {
            return closure(attributes).containsAll(key);
        }

        /** The same rows, equal ones once. */
        Facts distinct() {
            return new Facts(outputs, dependencies, new HashSet<>(outputs), neverNull);
        }

        boolean mayBeUnique(Set<Integer> attributes) {
            return closure(attributes, true).containsAll(key);
        }
    }

    private final Facts facts;
    private int next;

    Uniqueness(Operator root) {
        this.facts = after(root);
    }

    Verdict of(List<Integer> columns) {
        if (facts.isUnique(facts.attributes(columns))) {
            return Verdict.PROVED;
        }
        return tellApart(columns).isEmpty() || facts.mayBeUnique(facts.attributes(columns))
                ? Verdict.UNDECIDED
                : Verdict.REFUTED;
    }

    /** The least set of output columns, these among them, that tells all rows apart; none where the output has no such set. */
    List<Integer> tellApart(List<Integer> columns) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < facts.outputs.size(); i++) {
            all.add(i);
        }
        if (!facts.isUnique(facts.attributes(all))) {
            return List.of();
        }
        for (Integer column : List.copyOf(all)) {
            List<Integer> without = new ArrayList<>(all);
            without.remove(column);
            if (!columns.contains(column) && facts.isUnique(facts.attributes(without))) {
                all = without;
            }
        }
        return all;
    }

    private Facts after(Operator operator) {
        Facts raw =
                switch (operator) {
                    case Source source -> source(source);
                    case JoinRows join -> join(join);
                    case AsOfRows join -> asOf(join);
                    case AggregateRows aggregate -> aggregate(aggregate);
                    case UnionRows union -> union(union);
                    case ExpandRows expand -> expand(expand);
                    case SetRows set -> set(set);
                    case FirstRows first -> first(first);
                    case WindowRows window -> window(window);
                    case TimedRows timed -> timed(timed);
                    case EventWindowRows windows -> windows(windows);
                    case SessionRows sessions -> sessions(sessions);
                    case OnTimeRows onTime -> after(onTime.input().from());
                    case UnnestRows unnest -> unnest(unnest);
                };
        return through(operator.calc(), raw);
    }

    private Facts source(Source source) {
        DataProduct product = source.product();
        List<Integer> attributes = attributes(product.rowType().size());
        Set<Integer> key = new HashSet<>();
        product.key().forEach(column -> key.add(attributes.get(column)));
        if (product.key().isEmpty()) {
            key.add(next++); // the row's number among equal rows, which no column holds
        }
        Set<Integer> neverNull = new HashSet<>(key);
        List<Dependency> dependencies = new ArrayList<>();
        for (int i = 0; i < attributes.size(); i++) {
            if (!key.contains(attributes.get(i))) {
                dependencies.add(new Dependency(key, attributes.get(i)));
            }
            if (!product.rowType().columns().get(i).nullable()) {
                neverNull.add(attributes.get(i));
            }
        }
        return new Facts(source.columns().stream().map(attributes::get).toList(), dependencies, key, neverNull);
    }

    private Facts join(JoinRows join) {
        Facts left = after(join.left().from());
        Facts right = after(join.right().from());
        Join.Type type = join.spec().type();
        if (!type.pairs()) {
            return judged(left, type);
        }
        List<Integer> outputs = new ArrayList<>(left.outputs);
        outputs.addAll(right.outputs);
        Set<Integer> key = new HashSet<>(left.key);
        key.addAll(right.key);
        Set<Integer> ofLeft = new HashSet<>(left.neverNull);
        Set<Integer> ofRight = new HashSet<>(right.neverNull);
        Set<Integer> leftKeys = left.attributes(join.spec().leftKeys());
        Set<Integer> rightKeys = right.attributes(join.spec().rightKeys());
        boolean byKeys = join.on().isEmpty() && join.spec().within() == null;
        List<Dependency> dependencies = new ArrayList<>();
        for (int i = 0; i < join.spec().leftKeys().size(); i++) {
            int leftKey = left.outputs.get(join.spec().leftKeys().get(i));
            int rightKey = right.outputs.get(join.spec().rightKeys().get(i));
            if (!join.spec().nullsMatch().get(i)) {
                ofLeft.add(leftKey);
                ofRight.add(rightKey);
            }
            // Of a left join a right key is the left one or null, and which of the two depends on all that decides on a
            // partner.
            if (!type.extendsLeft()) {
                dependencies.add(new Dependency(
                        !type.extendsRight() ? Set.of(leftKey) : byKeys ? leftKeys : left.key, rightKey));
            }
            if (!type.extendsRight()) {
                dependencies.add(new Dependency(
                        !type.extendsLeft() ? Set.of(rightKey) : byKeys ? rightKeys : right.key, leftKey));
            }
        }
        dependencies.addAll(surviving(left, type.extendsLeft(), ofLeft));
        dependencies.addAll(surviving(right, type.extendsRight(), ofRight));
        Set<Integer> neverNull = new HashSet<>();
        if (!type.extendsLeft()) {
            neverNull.addAll(type.extendsRight() ? left.neverNull : ofLeft);
        }
        if (!type.extendsRight()) {
            neverNull.addAll(type.extendsLeft() ? right.neverNull : ofRight);
        }
        if (type == Join.Type.FULL
                && Collections.disjoint(left.key, left.neverNull)
                && Collections.disjoint(right.key, right.neverNull)) {
            key.add(next++); // a row of either side alone may be all null
        }
        Map<String, Integer> computed = new HashMap<>();
        if (!type.extendsLeft()) {
            computed.putAll(left.computed);
        }
        if (!type.extendsRight()) {
            computed.putAll(right.computed);
        }
        return new Facts(outputs, dependencies, key, neverNull, computed);
    }

    /** Where rows without a partner hold nulls, a dependency survives if they cannot be mistaken for a partner's. */
    private static List<Dependency> surviving(Facts side, boolean extended, Set<Integer> neverNull) {
        if (!extended) {
            return side.dependencies;
        }
        List<Dependency> surviving = new ArrayList<>();
        for (Dependency dependency : side.dependencies) {
            if (dependency.on.stream().anyMatch(neverNull::contains)) {
                side.closure(dependency.on, dependency.possible)
                        .forEach(determined ->
                                surviving.add(new Dependency(dependency.on, determined, dependency.possible)));
            }
        }
        return surviving;
    }

    /** Each left row has one version or none. */
    private Facts asOf(AsOfRows join) {
        Facts left = after(join.left().from());
        Facts right = after(join.right().from());
        List<Integer> outputs = new ArrayList<>(left.outputs);
        outputs.addAll(right.outputs);
        List<Dependency> dependencies = new ArrayList<>(left.dependencies);
        right.outputs.forEach(output -> dependencies.add(new Dependency(left.key, output)));
        dependencies.addAll(surviving(right, join.spec().outer(), right.neverNull));
        Set<Integer> neverNull = new HashSet<>(left.neverNull);
        if (!join.spec().outer()) {
            neverNull.addAll(right.neverNull);
        }
        return new Facts(outputs, dependencies, left.key, neverNull, left.computed);
    }

    /** The left rows, and perhaps what is said of them. */
    private Facts judged(Facts left, Join.Type type) {
        if (type != Join.Type.MARK) {
            return left;
        }
        List<Integer> outputs = new ArrayList<>(left.outputs);
        List<Dependency> dependencies = new ArrayList<>(left.dependencies);
        Set<Integer> neverNull = new HashSet<>(left.neverNull);
        int mark = next++;
        outputs.add(mark);
        dependencies.add(new Dependency(left.key, mark));
        neverNull.add(mark);
        return new Facts(outputs, dependencies, left.key, neverNull, left.computed);
    }

    private Facts aggregate(AggregateRows aggregate) {
        Facts input = after(aggregate.input().from());
        List<Integer> outputs = new ArrayList<>();
        aggregate.spec().groupKeys().forEach(column -> outputs.add(input.outputs.get(column)));
        Set<Integer> key = new HashSet<>(outputs);
        Set<Integer> neverNull = new HashSet<>(input.neverNull);
        List<Dependency> dependencies = new ArrayList<>(input.dependencies);
        for (int i = 0; i < aggregate.spec().calls().size(); i++) {
            int result = next++;
            outputs.add(result);
            dependencies.add(new Dependency(key, result));
        }
        return new Facts(outputs, dependencies, key, neverNull, input.computed);
    }

    private Facts first(FirstRows first) {
        Facts input = after(first.input().from());
        Set<Integer> partition = input.attributes(first.spec().partitionKeys());
        return numbered(
                input,
                List.of(first.spec().numbering() == TopRows.Numbering.ROW_NUMBER && !first.local()),
                partition,
                first.isSingle());
    }

    /** What is said of the whole partition follows from its keys. */
    private Facts window(WindowRows window) {
        Facts input = after(window.input().from());
        Set<Integer> partition = input.attributes(window.spec().partitionKeys());
        Facts numbered = numbered(
                input,
                window.spec().calls().stream()
                        .map(call -> call.equals(new WindowFunctions.Numbered(TopRows.Numbering.ROW_NUMBER)))
                        .toList(),
                partition,
                false);
        for (int i = 0; i < window.spec().calls().size(); i++) {
            if (window.spec().calls().get(i) instanceof WindowFunctions.Total total
                    && total.frame().isWhole()) {
                numbered.dependencies.add(new Dependency(partition, numbered.outputs.get(input.outputs.size() + i)));
            }
        }
        return numbered;
    }

    /** A row is told apart by its key and its window's start, and a window's end follows from its start; without overlaps the start follows from the row's time. */
    private Facts windows(EventWindowRows windows) {
        Facts input = after(windows.input().from());
        List<Integer> outputs = new ArrayList<>(input.outputs);
        List<Dependency> dependencies = new ArrayList<>(input.dependencies);
        int start = next++;
        int end = next++;
        outputs.add(start);
        outputs.add(end);
        dependencies.add(new Dependency(Set.of(start), end));
        dependencies.add(new Dependency(Set.of(end), start));
        Set<Integer> neverNull = new HashSet<>(input.neverNull);
        neverNull.addAll(List.of(start, end));
        Set<Integer> key = new HashSet<>(input.key);
        if (windows.spec().sizeMs() <= windows.spec().slideMs()) {
            dependencies.add(
                    new Dependency(Set.of(input.outputs.get(windows.spec().column())), start));
        } else {
            key.add(start);
        }
        return new Facts(outputs, dependencies, key, neverNull);
    }

    /** An array can hold an element twice; its place tells them apart. */
    private Facts unnest(UnnestRows unnest) {
        Facts input = after(unnest.input().from());
        List<Integer> outputs = new ArrayList<>(input.outputs);
        outputs.addAll(attributes(unnest.spec().width()));
        Set<Integer> key = new HashSet<>(input.key);
        key.add(unnest.spec().numbered() ? outputs.getLast() : next++);
        List<Dependency> dependencies = new ArrayList<>(input.dependencies);
        Set<Integer> neverNull = new HashSet<>(input.neverNull);
        if (unnest.spec().numbered()) {
            outputs.forEach(output -> dependencies.add(new Dependency(key, output)));
            if (!unnest.spec().outer()) {
                neverNull.add(outputs.getLast());
            }
        }
        return new Facts(outputs, dependencies, key, neverNull);
    }

    /** Sessions of one key do not overlap. */
    private Facts sessions(SessionRows sessions) {
        Facts input = after(sessions.input().from());
        Facts numbered = numbered(input, List.of(false, false), Set.of(), false);
        int start = numbered.outputs.get(input.outputs.size());
        int end = numbered.outputs.get(input.outputs.size() + 1);
        Set<Integer> keys = input.attributes(sessions.spec().keys());
        Set<Integer> byStart = new HashSet<>(keys);
        byStart.add(start);
        Set<Integer> byEnd = new HashSet<>(keys);
        byEnd.add(end);
        numbered.dependencies.add(new Dependency(byStart, end));
        numbered.dependencies.add(new Dependency(byEnd, start));
        numbered.neverNull.addAll(List.of(start, end));
        return numbered;
    }

    private Facts timed(TimedRows timed) {
        Facts input = after(timed.input().from());
        return numbered(input, Collections.nCopies(timed.spec().conditions().size(), false), Set.of(), false);
    }

    /**
     * The rows with further columns, each of which follows from the row.
     *
     * @param numbers whether a further column numbers the rows of the partition, one by one
     * @param single whether there is only one row for each partition
     */
    private Facts numbered(Facts input, List<Boolean> numbers, Set<Integer> partition, boolean single) {
        List<Integer> outputs = new ArrayList<>(input.outputs);
        Set<Integer> neverNull = new HashSet<>(input.neverNull);
        List<Dependency> dependencies = new ArrayList<>(input.dependencies);
        for (boolean number : numbers) {
            int result = next++;
            outputs.add(result);
            dependencies.add(new Dependency(input.key, result));
            if (number) {
                neverNull.add(result);
                Set<Integer> place = new HashSet<>(partition);
                place.add(result);
                input.key.forEach(attribute -> dependencies.add(new Dependency(place, attribute)));
            }
        }
        if (single) {
            input.key.forEach(attribute -> dependencies.add(new Dependency(partition, attribute)));
        }
        return new Facts(outputs, dependencies, input.key, neverNull, input.computed);
    }

    private Facts expand(ExpandRows expand) {
        Facts input = after(expand.input().from());
        int set = next++;
        List<Dependency> dependencies = new ArrayList<>(input.dependencies);
        List<Integer> outputs = new ArrayList<>();
        for (int column : expand.keys()) {
            int key = next++;
            outputs.add(key);
            dependencies.add(new Dependency(Set.of(input.outputs.get(column), set), key));
        }
        outputs.add(set);
        outputs.addAll(input.outputs);
        Set<Integer> key = new HashSet<>(input.key);
        key.add(set);
        return new Facts(outputs, dependencies, key, input.neverNull);
    }

    private Facts union(UnionRows union) {
        return united(union.inputs().stream().map(Edge::from).toList(), Set.of(next++));
    }

    private Facts set(SetRows set) {
        List<Operator> inputs = set.inputs().stream().map(Edge::from).toList();
        if (set.kind() == SetOperation.Kind.UNION) {
            return isOfOneProduct(inputs) ? ofOneProduct((Source) inputs.getFirst()) : united(inputs, null);
        }
        // The rows are some of the first input's, and of an intersection some of each.
        Facts first = after(inputs.getFirst());
        List<Dependency> dependencies = new ArrayList<>(first.dependencies);
        Set<Integer> neverNull = new HashSet<>(first.neverNull);
        Set<Integer> row = new HashSet<>(first.outputs);
        if (set.kind().isDistinct()) {
            first.key.forEach(attribute -> dependencies.add(new Dependency(row, attribute)));
        }
        if (set.kind() == SetOperation.Kind.INTERSECT || set.kind() == SetOperation.Kind.INTERSECT_ALL) {
            for (Operator input : inputs.subList(1, inputs.size())) {
                Facts other = after(input);
                dependencies.addAll(other.dependencies);
                neverNull.addAll(other.neverNull);
                for (int i = 0; i < first.outputs.size(); i++) {
                    int a = first.outputs.get(i);
                    int b = other.outputs.get(i);
                    dependencies.add(new Dependency(Set.of(a), b));
                    dependencies.add(new Dependency(Set.of(b), a));
                }
                if (other.isUnique(new HashSet<>(other.outputs))) {
                    first.key.forEach(attribute -> dependencies.add(new Dependency(row, attribute)));
                }
            }
        }
        return new Facts(first.outputs, dependencies, first.key, neverNull);
    }

    /** Whether all inputs compute the same columns from rows of one product, whichever rows each of them takes. */
    private static boolean isOfOneProduct(List<Operator> inputs) {
        return inputs.stream().allMatch(Source.class::isInstance)
                && inputs.stream()
                                .map(Source.class::cast)
                                .map(source -> List.of(
                                        source.product().name(),
                                        renumbered(source.calc().projections(), source.columns())))
                                .distinct()
                                .count()
                        == 1;
    }

    /** A row that several inputs take is there once. */
    private Facts ofOneProduct(Source source) {
        Calc calc = source.calc();
        Facts rows = through(new Calc(calc.input(), List.of(), calc.projections(), calc.names()), source(source));
        return rows.distinct();
    }

    /**
     * The rows of all inputs. Columns tell them apart that do so in each input and of which one is another constant in each.
     *
     * @param key what tells all rows apart, if no column does; null: all columns together do
     */
    private Facts united(List<Operator> inputs, @Nullable Set<Integer> key) {
        List<Facts> all = inputs.stream().map(this::after).toList();
        List<Integer> outputs = attributes(inputs.getFirst().types().size());
        Set<Integer> told = key == null ? new HashSet<>(outputs) : key;
        Set<Integer> neverNull = new HashSet<>();
        List<Dependency> dependencies = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            int column = i;
            dependencies.add(new Dependency(told, outputs.get(i)));
            if (all.stream().allMatch(facts -> facts.neverNull.contains(facts.outputs.get(column)))) {
                neverNull.add(outputs.get(i));
            }
            if (isAnotherInEach(inputs, i)) {
                dependencies.addAll(telling(told, outputs, tellingApart(all, i), false));
            }
        }
        if (key == null) {
            dependencies.addAll(telling(
                    told,
                    outputs,
                    tellingApart(all.stream().map(Facts::distinct).toList(), -1),
                    true));
        }
        return new Facts(outputs, dependencies, told, neverNull);
    }

    private static List<Dependency> telling(
            Set<Integer> told, List<Integer> outputs, Set<Set<Integer>> sets, boolean possible) {
        List<Dependency> dependencies = new ArrayList<>();
        for (Set<Integer> columns : sets) {
            Set<Integer> on = new HashSet<>();
            columns.forEach(column -> on.add(outputs.get(column)));
            told.forEach(attribute -> dependencies.add(new Dependency(on, attribute, possible)));
        }
        return dependencies;
    }

    private static boolean isAnotherInEach(List<Operator> inputs, int column) {
        Set<Object> constants = new HashSet<>();
        return inputs.stream().allMatch(input -> constant(
                        RexUtil.removeCast(input.calc().projections().get(column)))
                .filter(constants::add)
                .isPresent());
    }

    /** The value of a literal whose type does not matter for telling it from another. */
    private static Optional<Object> constant(RexNode expression) {
        if (!(expression instanceof RexLiteral literal)) {
            return Optional.empty();
        }
        return switch (literal.getValue()) {
            case NlsString text -> Optional.of(text.getValue());
            case Boolean truth -> Optional.of(truth);
            case BigDecimal number
            when number.stripTrailingZeros().scale() <= 0 -> Optional.of(number.toBigIntegerExact());
            case null, default -> Optional.empty();
        };
    }

    /** Least sets of columns, this one among them unless it is none, that tell the rows of each input apart: one for each order of leaving columns out that starts elsewhere. */
    private static Set<Set<Integer>> tellingApart(List<Facts> inputs, int constant) {
        int width = inputs.getFirst().outputs.size();
        Set<Set<Integer>> found = new HashSet<>();
        for (int start = 0; start < width; start++) {
            Set<Integer> columns = new TreeSet<>();
            for (int i = 0; i < width; i++) {
                columns.add(i);
            }
            if (!inputs.stream().allMatch(facts -> facts.isUnique(facts.attributes(columns)))) {
                return Set.of();
            }
            for (int i = 0; i < width; i++) {
                int column = (start + i) % width;
                if (column != constant) {
                    columns.remove(column);
                    if (!inputs.stream().allMatch(facts -> facts.isUnique(facts.attributes(columns)))) {
                        columns.add(column);
                    }
                }
            }
            found.add(columns);
        }
        return found;
    }

    private Facts through(Calc calc, Facts raw) {
        List<Dependency> dependencies = new ArrayList<>(raw.dependencies);
        Set<Integer> neverNull = new HashSet<>(raw.neverNull);
        for (RexNode condition : calc.conditions()) {
            learn(condition, raw, dependencies);
        }
        List<Integer> outputs = new ArrayList<>();
        Map<String, Integer> computed = new HashMap<>(raw.computed);
        for (int i = 0; i < calc.projections().size(); i++) {
            RexNode projection = calc.projections().get(i);
            if (projection instanceof RexInputRef ref) {
                outputs.add(raw.outputs.get(ref.getIndex()));
                continue;
            }
            String expression = overAttributes(projection, raw);
            Integer known = computed.get(expression);
            if (known != null) {
                outputs.add(known);
                continue;
            }
            int result = next++;
            outputs.add(result);
            computed.put(expression, result);
            dependencies.add(new Dependency(raw.attributes(columnsOf(projection)), result));
            if (calc.carried(i).isPresent()) {
                dependencies.add(new Dependency(
                        Set.of(result), raw.outputs.get(calc.carried(i).getAsInt())));
            }
            if (!projection.getType().isNullable()) {
                neverNull.add(result);
            }
        }
        return new Facts(outputs, dependencies, raw.key, neverNull, computed);
    }

    private static String overAttributes(RexNode expression, Facts raw) {
        return renumbered(List.of(expression), raw.outputs).getFirst();
    }

    private static List<String> renumbered(List<RexNode> expressions, List<Integer> numbers) {
        return new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef ref) {
                return new RexInputRef(numbers.get(ref.getIndex()), ref.getType());
            }
        }.visitList(expressions).stream().map(RexNode::toString).toList();
    }

    /** {@code a = b} and {@code a = 5}. */
    private static void learn(RexNode condition, Facts raw, List<Dependency> dependencies) {
        if (condition instanceof RexCall call && call.getKind() == SqlKind.EQUALS) {
            RexNode a = call.getOperands().get(0);
            RexNode b = call.getOperands().get(1);
            if (a instanceof RexInputRef x && b instanceof RexInputRef y) {
                int left = raw.outputs.get(x.getIndex());
                int right = raw.outputs.get(y.getIndex());
                dependencies.add(new Dependency(Set.of(left), right));
                dependencies.add(new Dependency(Set.of(right), left));
            } else if (a instanceof RexInputRef x && b instanceof RexLiteral) {
                dependencies.add(new Dependency(Set.of(), raw.outputs.get(x.getIndex())));
            }
        }
    }

    private static Set<Integer> columnsOf(RexNode expression) {
        Set<Integer> columns = new HashSet<>();
        expression.accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitInputRef(RexInputRef ref) {
                columns.add(ref.getIndex());
                return null;
            }
        });
        return columns;
    }

    private List<Integer> attributes(int count) {
        List<Integer> attributes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            attributes.add(next++);
        }
        return attributes;
    }
}
