package io.weir.cli;

/** What the commands tell scripts. Each command's help says which it uses. */
public final class ExitCodes {

    /** Done, and all is well. */
    public static final int OK = 0;

    /** Something is not well: a part does not run, a contract is wrong, rows differ. */
    public static final int NOT_WELL = 1;

    /** The command line is wrong, or nothing runs that could be asked. */
    public static final int NOT_RUNNING = 2;

    /** The mesh did not come to rest in time, so nothing could be compared. */
    public static final int NOT_DRAINED = 3;

    private ExitCodes() {}
}
