package io.weir.debezium;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;

/**
 * Looks at everything that capture needs before Debezium Server starts, so that what is missing is said in a line instead of a stack trace. Exit
 * code 2: something that the user can fix; 3: {@link CaptureWatchdog}.
 */
@QuarkusMain(name = "capture")
public final class CaptureMain {

    private static final int WRONG_SETUP = 2;

    private CaptureMain() {}

    public static void main(String[] arguments) {
        try {
            SmallRyeConfig config = new SmallRyeConfigBuilder()
                    .addDefaultSources()
                    .addDefaultInterceptors()
                    .build();
            CaptureOptions options =
                    CaptureOptions.of(name -> config.getConfigValue(name).getValue());
            CapturedSource captured = CapturedSource.load(options, System::getenv);
            new DatabasePreflight(captured).run();
            new MeshPreflight(captured, options).run();
            new CaptureWatchdog(captured, options.standstill()).start();
        } catch (CaptureException e) {
            System.err.println(e.getMessage());
            System.exit(WRONG_SETUP);
            return;
        }
        Quarkus.run(arguments);
    }
}
