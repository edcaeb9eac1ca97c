package io.weir.kit.stream;

/**
 * What a record on a quarantine topic says beside its {@link ChangeHeaders}: why it is there and what its bytes are.
 *
 * <p>The record's key and value are the row's bytes. With {@link #FORM_READ} they stand as they were read; with {@link #FORM_ROW} the value is the product's row
 * in Avro with every column nullable. With {@link #FORM_JSON} the value is a row on its way to the product, as a JSON object.
 */
public final class QuarantineHeaders {

    /** A {@link ReasonCode}. */
    public static final String REASON = "weir-reason";

    /** The contract's rule, or the expression, that the row broke. */
    public static final String RULE = "weir-rule";

    public static final String FIELD = "weir-field";

    /** The stage that put it there. */
    public static final String STAGE = "weir-stage";

    /** {@code topic-partition@offset} of the change that led to it. */
    public static final String INPUT = "weir-input";

    /** For a person; never the row's data. */
    public static final String DETAIL = "weir-detail";

    /** {@link #FORM_READ}, {@link #FORM_ROW} or {@link #FORM_JSON}. */
    public static final String FORM = "weir-form";

    public static final String FORM_READ = "read";
    public static final String FORM_ROW = "row";
    public static final String FORM_JSON = "json";

    private QuarantineHeaders() {}
}
