package io.weir.cli;

/** How a command prints its data: for a person or for a program. */
enum Output {
    TEXT,
    JSON
}
