package io.weir.cli.demo;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * What the simulator has to know of the database to go on from there. Mutable; bounded by {@link #REMEMBERED} per list, so that a long run
 * touches recent orders and customers only.
 */
final class ShopState {

    /** Customers and orders that are kept in mind. */
    static final int REMEMBERED = 20_000;

    /** First moment of the shops' time, which passes with the orders and not with the wall clock. */
    static final LocalDateTime OPENING = LocalDateTime.of(2026, 1, 1, 8, 0);

    final List<Long> stores = new ArrayList<>();
    final List<Product> products = new ArrayList<>();
    final List<Supply> supplies = new ArrayList<>();
    final List<Customer> customers = new ArrayList<>();
    final List<Order> orders = new ArrayList<>();
    long nextCustomer = 1;
    long nextOrder = 1;
    long nextItem = 1;
    LocalDateTime now = OPENING;

    /** A product and its list price. */
    record Product(String sku, BigDecimal price) {}

    /** Key of a supply. */
    record Supply(String id, String sku) {}

    /** A registration and its e-mail address, normalised. */
    record Customer(long id, String address) {}

    /** An order and the numbers of its items. */
    record Order(long id, List<Long> items) {}

    boolean isEmpty() {
        return stores.isEmpty() && products.isEmpty() && customers.isEmpty();
    }
}
