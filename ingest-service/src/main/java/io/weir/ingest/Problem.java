package io.weir.ingest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was not taken (RFC 9457, {@code application/problem+json}).
 *
 * @param detail what is wrong and what to do
 * @param products where the product is unknown: those that can be pushed
 * @param violations where rows break the contract: each of them, up to a hundred
 */
@JsonInclude(Include.NON_NULL)
record Problem(
        String title,
        int status,
        String detail,
        @Nullable List<String> products,
        @Nullable List<PushRequest.Violation> violations) {

    static final String MEDIA_TYPE = "application/problem+json";

    Problem(String title, int status, String detail) {
        this(title, status, detail, null, null);
    }
}
