/* floor PERIOD OFFSET COUNT AT_ONCE JOURNAL FILE [STAMP]: the least that starting programs on time can cost.
 *
 * Sleeps until each instant that is OFFSET ns past a multiple of PERIOD ns, and starts `STAMP FILE <instant>` COUNT
 * times; of these at most AT_ONCE live at once. Without STAMP it starts nothing, but writes such a line itself.
 * Where JOURNAL is not "-", a line is first made durable in it, as Daybell does. Goes on until it is killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define LINE 300

extern char **environ;

static long long now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

static void sleep_until(long long instant) {
    struct timespec due = {instant / SECOND, instant % SECOND};
    while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &due, NULL) == EINTR) {}
}

static int note(const char *path, long long instant) {
    long long called = now();
    char line[64];
    int length = snprintf(line, sizeof line, "%lld %lld\n", called, instant);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    return file >= 0 && write(file, line, (size_t)length) == length && close(file) == 0;
}

static int start(char **command, int count, int at_once) {
    pid_t child;
    for (int started = 0; started < count; started++) {
        if (started >= at_once && wait(NULL) < 0) return 0;
        if (posix_spawn(&child, command[0], NULL, NULL, command, environ) != 0) return 0;
    }
    while (wait(NULL) > 0) {}
    return 1;
}

int main(int argc, char **argv) {
    if (argc < 7) return 2;
    long long period = atoll(argv[1]), offset = atoll(argv[2]);
    int count = atoi(argv[3]), at_once = atoi(argv[4]);
    int journal = strcmp(argv[5], "-") ? open(argv[5], O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
    char claim[LINE], label[32];
    char *command[] = {argv[7], argv[6], label, NULL};
    memset(claim, 'x', sizeof claim);
    claim[LINE - 1] = '\n';
    puts("ready");
    fflush(stdout);
    for (;;) {
        long long instant = ((now() - offset) / period + 1) * period + offset;
        sleep_until(instant);
        if (journal >= 0 && (write(journal, claim, LINE) != LINE || fdatasync(journal) != 0)) return 1;
        snprintf(label, sizeof label, "%lld", instant);
        if (!(command[0] ? start(command, count, at_once) : note(argv[6], instant))) return 1;
    }
}
