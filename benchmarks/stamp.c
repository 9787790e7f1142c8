/* stamp FILE LABEL: append the instant at which this program began, in ns since 1970, and the label. */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
    struct timespec now;
    char line[256];
    clock_gettime(CLOCK_REALTIME, &now);
    if (argc < 3) return 2;
    int length = snprintf(line, sizeof line, "%lld%09ld %s\n", (long long)now.tv_sec, now.tv_nsec, argv[2]);
    int file = open(argv[1], O_WRONLY | O_CREAT | O_APPEND, 0600);
    return file >= 0 && write(file, line, (size_t)length) == length ? 0 : 1;
}
