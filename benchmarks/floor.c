/* floor PERIOD OFFSET JOURNAL STAMP FILE: the least that starting a program on time can cost.
 *
 * Sleeps until each instant that is OFFSET ns past a multiple of PERIOD ns, and starts `STAMP FILE <instant>`.
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

int main(int argc, char **argv) {
    if (argc != 6) return 2;
    long long period = atoll(argv[1]), offset = atoll(argv[2]);
    char claim[LINE], label[32];
    char *command[] = {argv[4], argv[5], label, NULL};
    int journal = strcmp(argv[3], "-") ? open(argv[3], O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
    memset(claim, 'x', sizeof claim);
    claim[LINE - 1] = '\n';
    for (;;) {
        struct timespec now, due;
        clock_gettime(CLOCK_REALTIME, &now);
        long long passed = now.tv_sec * SECOND + now.tv_nsec - offset;
        long long instant = (passed / period + 1) * period + offset;
        due.tv_sec = instant / SECOND;
        due.tv_nsec = instant % SECOND;
        while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &due, NULL) == EINTR) {}
        if (journal >= 0 && (write(journal, claim, LINE) != LINE || fdatasync(journal) != 0)) return 1;
        snprintf(label, sizeof label, "%lld", instant);
        pid_t child;
        if (posix_spawn(&child, argv[4], NULL, NULL, command, environ) != 0) return 1;
        waitpid(child, NULL, 0);
    }
}
