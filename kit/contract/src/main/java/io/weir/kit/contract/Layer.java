package io.weir.kit.contract;

import java.util.Locale;

/** How far a data product is refined: as captured, conformed, or made for a purpose. */
public enum Layer {
    BRONZE,
    SILVER,
    GOLD;

    /** The layer's name as topics, SQL and folders spell it: lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
