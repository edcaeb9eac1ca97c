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

    /** For the question whether a part hangs: a busy machine may let it wait. */
    int PATIENT_TIMEOUT_MS = 5000;

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
        return http(uri, TIMEOUT_MS);
    }

    static Readiness http(URI uri, int timeoutMs) {
        return () -> {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            try {
                connection.setConnectTimeout(timeoutMs);
                connection.setReadTimeout(timeoutMs);
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        };
    }

    /** Ready when a Kafka broker there answers a question: a process that hangs still has its connections accepted by the system. */
    static Readiness kafka(int port) {
        // ApiVersions, version 0, from a client without a name: the one request that needs no introduction.
        byte[] question = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, (byte) 0xff, (byte) 0xff};
        return answers(port, question);
    }

    /** Ready when a PostgreSQL server there answers a question. */
    static Readiness postgres(int port) {
        // SSLRequest: answered with one letter, before any login.
        byte[] question = {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f};
        return answers(port, question);
    }

    private static Readiness answers(int port, byte[] question) {
        return () -> {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(PATIENT_TIMEOUT_MS);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENT_TIMEOUT_MS);
                socket.getOutputStream().write(question);
                return socket.getInputStream().read() >= 0;
            }
        };
    }

    /** Ready when the process has written this text into this file. */
    static Readiness fileHolds(Path file, String text) {
        return () -> Files.exists(file) && Files.readString(file).contains(text);
    }
}
