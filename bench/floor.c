/* The least that a stream can cost: sockets in an array, and a send() of the same bytes to each of them.
 *
 *   floor FILE    FILE holds what is sent: one frame, in its chunk
 *
 * Listens on a free port of the loopback and prints which. A connection is answered with the head of an event stream when its
 * request has come; every newline on stdin is a publication. Ends with stdin, or when a socket takes no more.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_STREAMS = 100000, MOST_BYTES = 65536, BACKLOG = 4096 };

static const char HEAD[] = "HTTP/1.1 200 OK\r\n"
                           "content-type: text/event-stream\r\n"
                           "cache-control: no-store\r\n"
                           "transfer-encoding: chunked\r\n\r\n";

static int streams[MOST_STREAMS];
static int count;
static char frame[MOST_BYTES];
static size_t frame_bytes;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void send_whole(int stream, const char *bytes, size_t size) {
    if (send(stream, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)size)
        fail("send");
}

static void load_frame(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail(path);
    frame_bytes = fread(frame, 1, sizeof frame, file);
    fclose(file);
}

static int listen_anywhere(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* accepted sockets inherit it */
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, BACKLOG))
        fail("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void welcome(int listener) {
    char request[MOST_BYTES];
    int stream = accept(listener, NULL, NULL);
    if (stream < 0 || count == MOST_STREAMS)
        fail("accept");
    if (recv(stream, request, sizeof request, 0) <= 0)
        fail("recv");
    send_whole(stream, HEAD, sizeof HEAD - 1);
    streams[count++] = stream;
}

static void publish(void) {
    for (int i = 0; i < count; i++)
        send_whole(streams[i], frame, frame_bytes);
}

int main(int argc, char **argv) {
    if (argc != 2)
        return 2;
    load_frame(argv[1]);
    struct pollfd waiting[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = listen_anywhere(), .events = POLLIN}};
    for (char line; poll(waiting, 2, -1) > 0;) {
        if (waiting[1].revents)
            welcome(waiting[1].fd);
        if (waiting[0].revents) {
            if (read(STDIN_FILENO, &line, 1) != 1)
                return 0;
            publish();
        }
    }
    fail("poll");
}
