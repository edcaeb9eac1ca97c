package io.weir.infra.local;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a started part can be used. Asked often: cheap, with time-outs of its own, and an exception means no. */
@FunctionalInterface
public interface Readiness {

    int TIMEOUT_MS = 1000;

    boolean isReady() throws IOException;

    /** Ready as soon as something listens. */
    static Readiness port(int port) {
        return () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
                return true;
            }
        };
    }

    /** Ready when a GET answers 200; a part without the health extension may answer 404 on its root: use {@link #port}. */
    static Readiness http(URI uri) {
        return () -> {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            try {
                connection.setConnectTimeout(TIMEOUT_MS);
                connection.setReadTimeout(TIMEOUT_MS);
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        };
    }

    /** Ready when the process has written this text into this file. */
    static Readiness fileHolds(Path file, String text) {
        return () -> Files.exists(file) && Files.readString(file).contains(text);
    }
}
