package io.weir.kit.contract;

import io.weir.kit.contract.ContractDiff.Impact;
import io.weir.kit.contract.ContractPlan.Affected;
import io.weir.kit.contract.ContractPlan.Change;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A {@link ContractPlan} as Markdown, for the comment under a pull request. */
public final class ContractPlanPage {

    private ContractPlanPage() {}

    /** Ends in a line feed. */
    public static String of(ContractPlan plan) {
        StringBuilder page = new StringBuilder();
        page.append("## `%s`: %s → %s\n\n".formatted(plan.topic(), plan.from(), plan.to()));
        page.append(verdict(plan)).append("\n\n");
        if (!plan.changes().isEmpty()) {
            page.append("| Change | Column | From | To | Class | Consumers |\n|---|---|---|---|---|---|\n");
            plan.changes().forEach(change -> row(change, page));
            page.append('\n');
        }
        if (!plan.notes().isEmpty()) {
            plan.notes().forEach(note -> page.append("- ").append(note).append('\n'));
            page.append('\n');
        }
        people(plan, page);
        return page.toString().stripTrailing() + "\n";
    }

    private static String verdict(ContractPlan plan) {
        String changes =
                plan.changes().size() == 1 ? "1 change" : plan.changes().size() + " changes";
        String readers =
                plan.readers().size() == 1 ? "1 consumer" : plan.readers().size() + " consumers";
        if (plan.newMajor()) {
            return "**New major**, beside the old one: nothing breaks. %s have to move before the old one goes."
                    .formatted(readers);
        }
        return switch (plan.verdict()) {
            case COMPATIBLE -> "**Compatible**: %s, none of which reaches any of %s.".formatted(changes, readers);
            case BEHAVIOURAL ->
                "**Behavioural**: nothing fails, but what consumers get changes. %s, %s.".formatted(changes, readers);
            case BREAKING -> "**Breaking**: do not merge. %s, %s.".formatted(changes, readers);
        };
    }

    private static void row(Change change, StringBuilder page) {
        page.append("| %s | %s | %s | %s | %s | "
                .formatted(
                        change.code(),
                        change.column() == null ? "" : "`" + change.column() + "`",
                        cell(change.from()),
                        cell(change.to()),
                        change.impact() == Impact.BREAKING
                                ? "**breaking**"
                                : change.impact().text()));
        page.append(String.join(
                "<br>",
                change.consumers().stream()
                        .map(one -> "%s `%s` %s".formatted(one.kind(), one.name(), cell(one.why())))
                        .toList()));
        page.append(" |\n");
    }

    /** Whom to talk to, once each. */
    private static void people(ContractPlan plan, StringBuilder page) {
        Map<String, Set<String>> byTeam = new LinkedHashMap<>();
        plan.changes().stream()
                .flatMap(change -> change.consumers().stream())
                .filter(one -> one.impact() == Impact.BREAKING)
                .forEach(one -> byTeam.computeIfAbsent(team(one), _ -> new TreeSet<>())
                        .add("%s `%s`".formatted(one.kind(), one.name())));
        if (!byTeam.isEmpty()) {
            page.append("To be asked first:\n\n");
            byTeam.forEach((team, consumers) -> page.append("- ")
                    .append(team)
                    .append(": ")
                    .append(String.join(", ", consumers))
                    .append('\n'));
        }
    }

    private static String team(Affected affected) {
        return affected.contact().isEmpty()
                ? affected.team()
                : "%s (%s)".formatted(affected.team(), affected.contact());
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replaceAll("\\s+", " ");
    }
}
