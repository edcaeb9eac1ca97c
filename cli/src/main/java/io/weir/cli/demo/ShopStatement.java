package io.weir.cli.demo;

/** Every statement that the shop's application sends. */
enum ShopStatement {
    INSERT_STORE("INSERT INTO public.stores (id, name, city, opened_on, tax_rate) VALUES (?, ?, ?, ?, ?)"),
    INSERT_PRODUCT("INSERT INTO public.products (sku, name, category, price, description) VALUES (?, ?, ?, ?, ?)"),
    INSERT_SUPPLY("INSERT INTO public.supplies (id, sku, name, cost, perishable) VALUES (?, ?, ?, ?, ?)"),
    INSERT_CUSTOMER("INSERT INTO public.customers (id, name, email, country, created_at) VALUES (?, ?, ?, ?, ?)"),
    INSERT_ORDER("INSERT INTO public.orders (id, customer_id, store_id, ordered_at) VALUES (?, ?, ?, ?)"),
    INSERT_ITEM("INSERT INTO public.order_items (id, order_id, sku, quantity) VALUES (?, ?, ?, ?)"),
    UPDATE_CUSTOMER_NAME("UPDATE public.customers SET name = ? WHERE id = ?"),
    UPDATE_CUSTOMER_EMAIL("UPDATE public.customers SET email = ? WHERE id = ?"),
    UPDATE_CUSTOMER_COUNTRY("UPDATE public.customers SET country = ? WHERE id = ?"),
    UPDATE_CUSTOMER_ID("UPDATE public.customers SET id = ? WHERE id = ?"),
    UPDATE_ORDER_CUSTOMER("UPDATE public.orders SET customer_id = ? WHERE id = ?"),
    UPDATE_ORDER_STORE("UPDATE public.orders SET store_id = ? WHERE id = ?"),
    UPDATE_ORDER_TIME("UPDATE public.orders SET ordered_at = ? WHERE id = ?"),
    UPDATE_ITEM_QUANTITY("UPDATE public.order_items SET quantity = ? WHERE id = ?"),
    UPDATE_PRODUCT_PRICE("UPDATE public.products SET price = ? WHERE sku = ?"),
    UPDATE_PRODUCT_DESCRIPTION("UPDATE public.products SET description = ? WHERE sku = ?"),
    UPDATE_SUPPLY_COST("UPDATE public.supplies SET cost = ? WHERE id = ? AND sku = ?"),
    DELETE_CUSTOMER("DELETE FROM public.customers WHERE id = ?"),
    DELETE_ORDER("DELETE FROM public.orders WHERE id = ?"),
    DELETE_ITEM("DELETE FROM public.order_items WHERE id = ?");

    private final String sql;

    ShopStatement(String sql) {
        this.sql = sql;
    }

    String sql() {
        return sql;
    }

    /**
     * Whether this adds rows that nothing before it in the transaction can have touched, so that it may be sent together with others
     * of its kind, in this enum's order (parents first).
     */
    boolean isInsert() {
        return sql.startsWith("INSERT");
    }
}
