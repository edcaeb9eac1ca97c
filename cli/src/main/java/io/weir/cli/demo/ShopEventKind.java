package io.weir.cli.demo;

/** What can happen in a shop, as far as its database shows it. */
public enum ShopEventKind {
    /** Rows that the shop starts with. */
    OPENED,
    ORDER_PLACED,
    /** An order of some hours or days ago that reaches the database only now. */
    ORDER_LATE,
    /** Another time, store or customer. */
    ORDER_CORRECTED,
    /** The order and its items are deleted. */
    ORDER_CANCELLED,
    /** Another quantity. */
    ITEM_CORRECTED,
    CUSTOMER_REGISTERED,
    /** Somebody registers a second time under the same e-mail address, spelled differently. */
    CUSTOMER_REGISTERED_AGAIN,
    CUSTOMER_CORRECTED,
    /** The customer's number, a primary key, changes; the orders follow by a cascade. */
    CUSTOMER_RENUMBERED,
    /** The customer is deleted; the orders stay and become a guest's. */
    CUSTOMER_ERASED,
    PRICE_CHANGED,
    /** A large text is replaced. */
    RECIPE_CHANGED,
    SUPPLY_COST_CHANGED
}
