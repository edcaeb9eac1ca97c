package io.weir.cli.demo;

import io.weir.cli.demo.ShopState.Customer;
import io.weir.cli.demo.ShopState.Order;
import io.weir.cli.demo.ShopState.Product;
import io.weir.cli.demo.ShopState.Supply;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What happens in the shops, one event after the other. Knows no database and no clock: the same state, seed and calls give the same
 * events.
 *
 * <p>Each event is applied to the state when it is made; if it cannot be written, the state has to be read again.
 */
final class Shop {

    private static final List<String> CODES = List.of("DE", "FR", "GB", "NL", "US");
    private static final int UNTOUCHED = 10;
    private static final int MEAN_MS_BETWEEN_ORDERS = 20_000;

    private final ShopState state;
    private final SplittableRandom random;
    private final int eventsPerPriceChange;

    /** A price changes once in about {@code eventsPerPriceChange} events: each moves every order that holds the product. */
    Shop(ShopState state, SplittableRandom random, int eventsPerPriceChange) {
        this.state = state;
        this.random = random;
        this.eventsPerPriceChange = eventsPerPriceChange;
    }

    /** Everything that the shops start with; 200 customers and 500 orders at scale 1, and in proportion. */
    Iterator<ShopEvent> opening(int scale) {
        int stores = Math.min(5 * scale, 100);
        int products = Math.min(30 * scale, 600);
        return IntStream.range(0, stores + products + 700 * scale)
                .mapToObj(i -> {
                    if (i < stores) {
                        return openStore(i);
                    }
                    if (i < stores + products) {
                        return addProduct(i - stores);
                    }
                    List<RowChange> changes = new ArrayList<>();
                    if (i < stores + products + 200 * scale) {
                        register(changes);
                    } else {
                        order(changes, 0);
                    }
                    return new ShopEvent(ShopEventKind.OPENED, changes);
                })
                .iterator();
    }

    ShopEvent next() {
        if (random.nextInt(eventsPerPriceChange) == 0) {
            return event(ShopEventKind.PRICE_CHANGED);
        }
        int dice = random.nextInt(1000);
        if (dice < 520) {
            return event(ShopEventKind.ORDER_PLACED);
        } else if (dice < 560) {
            return event(ShopEventKind.ORDER_LATE);
        } else if (dice < 600) {
            return event(ShopEventKind.ORDER_CORRECTED);
        } else if (dice < 660) {
            return event(ShopEventKind.ORDER_CANCELLED);
        } else if (dice < 760) {
            return event(ShopEventKind.ITEM_CORRECTED);
        } else if (dice < 850) {
            return event(ShopEventKind.CUSTOMER_REGISTERED);
        } else if (dice < 862) {
            return event(ShopEventKind.CUSTOMER_REGISTERED_AGAIN);
        } else if (dice < 980) {
            return event(ShopEventKind.CUSTOMER_CORRECTED);
        } else if (dice < 984) {
            return event(ShopEventKind.CUSTOMER_RENUMBERED);
        } else if (dice < 990) {
            return event(ShopEventKind.CUSTOMER_ERASED);
        } else if (dice < 993) {
            return event(ShopEventKind.RECIPE_CHANGED);
        } else {
            return event(ShopEventKind.SUPPLY_COST_CHANGED);
        }
    }

    private ShopEvent event(ShopEventKind kind) {
        // Somebody may have emptied a table behind our back; then the shops simply go on.
        if (state.customers.isEmpty()) {
            return made(ShopEventKind.CUSTOMER_REGISTERED);
        }
        if (state.orders.isEmpty()) {
            return made(ShopEventKind.ORDER_PLACED);
        }
        if (state.supplies.isEmpty() && kind == ShopEventKind.SUPPLY_COST_CHANGED) {
            return made(ShopEventKind.RECIPE_CHANGED);
        }
        return made(kind);
    }

    private ShopEvent made(ShopEventKind kind) {
        List<RowChange> changes = new ArrayList<>();
        switch (kind) {
            case OPENED -> throw new IllegalArgumentException("a shop opens once: call opening");
            case ORDER_PLACED -> order(changes, 0);
            case ORDER_LATE -> order(changes, random.nextInt(60, 3 * 24 * 60));
            case ORDER_CORRECTED -> correctOrder(changes);
            case ORDER_CANCELLED -> cancel(changes);
            case ITEM_CORRECTED -> correctItem(changes);
            case CUSTOMER_REGISTERED -> register(changes);
            case CUSTOMER_REGISTERED_AGAIN -> registerAgain(changes);
            case CUSTOMER_CORRECTED -> correctCustomer(changes);
            case CUSTOMER_RENUMBERED -> renumber(changes);
            case CUSTOMER_ERASED -> erase(changes);
            case PRICE_CHANGED -> changePrice(changes);
            case RECIPE_CHANGED ->
                changes.add(RowChange.of(
                        ShopStatement.UPDATE_PRODUCT_DESCRIPTION,
                        Catalogue.recipe(random),
                        Dirt.pick(random, state.products).sku()));
            case SUPPLY_COST_CHANGED -> {
                Supply supply = Dirt.pick(random, state.supplies);
                changes.add(RowChange.of(
                        ShopStatement.UPDATE_SUPPLY_COST,
                        BigDecimal.valueOf(random.nextInt(1, 200), 2),
                        supply.id(),
                        supply.sku()));
            }
        }
        return new ShopEvent(kind, changes);
    }

    private ShopEvent openStore(int number) {
        long id = number + 1L;
        state.stores.add(id);
        String city = Catalogue.city(number);
        return new ShopEvent(
                ShopEventKind.OPENED,
                List.of(RowChange.of(
                        ShopStatement.INSERT_STORE,
                        id,
                        "Jaffle " + city + (number < 10 ? "" : " " + (number / 10 + 1)),
                        city,
                        LocalDate.of(2020, 1, 1).plusDays(random.nextInt(2000)),
                        BigDecimal.valueOf(random.nextInt(0, 2500), 4))));
    }

    private ShopEvent addProduct(int number) {
        String sku = Catalogue.sku(number);
        BigDecimal price = Catalogue.price(random);
        state.products.add(new Product(sku, price));
        List<RowChange> changes = new ArrayList<>();
        changes.add(RowChange.of(
                ShopStatement.INSERT_PRODUCT,
                sku,
                Catalogue.productName(number),
                Catalogue.category(number),
                price,
                Catalogue.recipe(random)));
        int supplies = random.nextInt(1, 4);
        for (int i = 0; i < supplies; i++) {
            Supply supply = new Supply("SUP-%02d".formatted(i + 1), sku);
            state.supplies.add(supply);
            changes.add(RowChange.of(
                    ShopStatement.INSERT_SUPPLY,
                    supply.id(),
                    sku,
                    Catalogue.supply(number + i),
                    BigDecimal.valueOf(random.nextInt(1, 200), 2),
                    random.nextBoolean()));
        }
        return new ShopEvent(ShopEventKind.OPENED, changes);
    }

    private void register(List<RowChange> changes) {
        String first = Dirt.pick(random, Catalogue.FIRST_NAMES);
        String last = Dirt.pick(random, Catalogue.LAST_NAMES);
        String address = "%s.%s%d@mail.example"
                .formatted(first, last.replace(" ", ""), state.nextCustomer)
                .toLowerCase(Locale.ROOT);
        insertCustomer(changes, first + " " + last, address, Dirt.email(random, address));
    }

    private void registerAgain(List<RowChange> changes) {
        Customer known = customer();
        insertCustomer(changes, "", known.address(), Dirt.spell(random, known.address()));
    }

    private void insertCustomer(List<RowChange> changes, String name, String address, @Nullable String email) {
        long id = state.nextCustomer++;
        remember(state.customers, new Customer(id, address));
        changes.add(RowChange.of(
                ShopStatement.INSERT_CUSTOMER,
                id,
                Dirt.name(random, name),
                email,
                Dirt.country(random, Dirt.pick(random, CODES)),
                state.now.atOffset(ZoneOffset.UTC)));
    }

    private void order(List<RowChange> changes, int minutesLate) {
        state.now = state.now.plusNanos(random.nextInt(1, 2 * MEAN_MS_BETWEEN_ORDERS) * 1_000_000L);
        LocalDateTime orderedAt = state.now.minusMinutes(minutesLate);
        long id = state.nextOrder++;
        Long customer = random.nextInt(10) == 0 ? null : (Long) customer().id();
        changes.add(RowChange.of(ShopStatement.INSERT_ORDER, id, customer, Dirt.pick(random, state.stores), orderedAt));
        int lines = random.nextInt(1, 5);
        List<Long> items = new ArrayList<>(lines);
        for (int i = 0; i < lines; i++) {
            long item = state.nextItem++;
            items.add(item);
            changes.add(
                    RowChange.of(ShopStatement.INSERT_ITEM, item, id, product().sku(), Dirt.quantity(random)));
        }
        remember(state.orders, new Order(id, items));
    }

    private void correctOrder(List<RowChange> changes) {
        long order = Dirt.pick(random, state.orders).id();
        changes.add(
                switch (random.nextInt(3)) {
                    case 0 -> RowChange.of(ShopStatement.UPDATE_ORDER_STORE, Dirt.pick(random, state.stores), order);
                    case 1 ->
                        RowChange.of(
                                ShopStatement.UPDATE_ORDER_CUSTOMER, customer().id(), order);
                    default ->
                        RowChange.of(
                                ShopStatement.UPDATE_ORDER_TIME,
                                state.now.minusMinutes(random.nextInt(1, 24 * 60)),
                                order);
                });
    }

    private void cancel(List<RowChange> changes) {
        Order order = forget(state.orders, random.nextInt(state.orders.size()));
        for (long item : order.items()) {
            changes.add(RowChange.of(ShopStatement.DELETE_ITEM, item));
        }
        changes.add(RowChange.of(ShopStatement.DELETE_ORDER, order.id()));
    }

    private void correctItem(List<RowChange> changes) {
        Order order = Dirt.pick(random, state.orders);
        if (order.items().isEmpty()) {
            correctOrder(changes);
            return;
        }
        changes.add(RowChange.of(
                ShopStatement.UPDATE_ITEM_QUANTITY, Dirt.quantity(random), Dirt.pick(random, order.items())));
    }

    private void correctCustomer(List<RowChange> changes) {
        Customer customer = customer();
        changes.add(
                switch (random.nextInt(3)) {
                    case 0 ->
                        RowChange.of(
                                ShopStatement.UPDATE_CUSTOMER_NAME,
                                Dirt.name(
                                        random,
                                        Dirt.pick(random, Catalogue.FIRST_NAMES) + " "
                                                + Dirt.pick(random, Catalogue.LAST_NAMES)),
                                customer.id());
                    case 1 ->
                        RowChange.of(
                                ShopStatement.UPDATE_CUSTOMER_EMAIL,
                                Dirt.email(random, customer.address()),
                                customer.id());
                    default ->
                        RowChange.of(
                                ShopStatement.UPDATE_CUSTOMER_COUNTRY,
                                Dirt.country(random, Dirt.pick(random, CODES)),
                                customer.id());
                });
    }

    private void renumber(List<RowChange> changes) {
        int position = anybodyButTheFirst();
        if (position < 0) {
            correctCustomer(changes);
            return;
        }
        Customer customer = state.customers.get(position);
        long id = state.nextCustomer++;
        state.customers.set(position, new Customer(id, customer.address()));
        changes.add(RowChange.of(ShopStatement.UPDATE_CUSTOMER_ID, id, customer.id()));
    }

    private void erase(List<RowChange> changes) {
        int position = anybodyButTheFirst();
        if (position < 0) {
            correctCustomer(changes);
            return;
        }
        Customer customer = forget(state.customers, position);
        changes.add(RowChange.of(ShopStatement.DELETE_CUSTOMER, customer.id()));
    }

    private void changePrice(List<RowChange> changes) {
        int position = random.nextInt(state.products.size());
        Product product = state.products.get(position);
        BigDecimal price = product.price().add(BigDecimal.valueOf(random.nextInt(-50, 51), 2));
        if (price.signum() <= 0) {
            price = BigDecimal.ONE.setScale(2);
        }
        state.products.set(position, new Product(product.sku(), price));
        changes.add(RowChange.of(ShopStatement.UPDATE_PRODUCT_PRICE, price, product.sku()));
    }

    /** The first customers keep their numbers, so that a newcomer who follows the documents finds customer 1; -1 if there are no others. */
    private int anybodyButTheFirst() {
        int size = state.customers.size();
        return size > UNTOUCHED ? random.nextInt(UNTOUCHED, size) : -1;
    }

    /** A quarter of the traffic comes from regulars. */
    private Customer customer() {
        int size = state.customers.size();
        return state.customers.get(random.nextInt(4) == 0 ? skewed(size) : random.nextInt(size));
    }

    private Product product() {
        return state.products.get(skewed(state.products.size()));
    }

    private int skewed(int size) {
        double uniform = random.nextDouble();
        return (int) (size * uniform * uniform);
    }

    private <T> void remember(List<T> list, T element) {
        if (list.size() < ShopState.REMEMBERED) {
            list.add(element);
        } else {
            list.set(random.nextInt(list.size()), element);
        }
    }

    /** Removes without moving the rest: the last element takes the place. */
    private static <T> T forget(List<T> list, int position) {
        T element = list.get(position);
        T last = list.removeLast();
        if (position < list.size()) {
            list.set(position, last);
        }
        return element;
    }
}
