/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs commands in turn, A B A B, and prints of each the medians of wall time and CPU
 * time, and the most memory. A program of its own because a small parent costs the
 * child little: its memory counts as the child's until the exec.
 *
 * usage: stopwatch ROUNDS INPUT-FILE COMMAND [ARGUMENT]... [-- COMMAND...]...
 * Each command gets the file as its stdin. Prints "WALL-US CPU-US PEAK-KIB FAILED" a command.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_COMMANDS 24

typedef struct {
    char **argv;
    double *wall, *cpu; /* microseconds, one each round */
    long peak;
    int failed;
} Command;

static double
now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double
seconds_us(struct timeval time)
{
    return (double)time.tv_sec * 1e6 + (double)time.tv_usec;
}

static int
compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double
median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[count / 2];
}

/* What a command leaves behind, udev's events among it, is not the next one's time. */
static void
settle(void)
{
    const struct timespec pause = {0, 1000000};
    for (int i = 0; i < 5000 && access("/run/udev/queue", F_OK) == 0; i++)
        (void)nanosleep(&pause, NULL);
}

static void
run(Command *command, const char *input, int round)
{
    static char *environment[] = {(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
    posix_spawn_file_actions_t actions;
    struct rusage usage = {0};
    pid_t pid = -1;
    int status = -1;
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0);
    (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    double start = now_us();
    if (posix_spawnp(&pid, command->argv[0], &actions, NULL, command->argv, environment) == 0)
        (void)wait4(pid, &status, 0, &usage);
    command->wall[round] = now_us() - start;
    command->cpu[round] = seconds_us(usage.ru_utime) + seconds_us(usage.ru_stime);
    command->peak = usage.ru_maxrss > command->peak ? usage.ru_maxrss : command->peak;
    command->failed += status != 0;
    (void)posix_spawn_file_actions_destroy(&actions);
}

/* Splits the words at "--". Returns the number of commands. */
static int
split(char **words, int rounds, Command *commands)
{
    int count = 0;
    commands[count++].argv = words;
    for (char **word = words; *word != NULL; word++) {
        if (strcmp(*word, "--") == 0 && count < MAX_COMMANDS) {
            *word = NULL;
            commands[count++].argv = word + 1;
        }
    }
    for (int i = 0; i < count; i++) {
        commands[i].wall = calloc((size_t)rounds, sizeof(double));
        commands[i].cpu = calloc((size_t)rounds, sizeof(double));
    }
    return count;
}

int
main(int argc, char **argv)
{
    Command commands[MAX_COMMANDS] = {0};
    if (argc < 4) {
        (void)fprintf(stderr, "usage: stopwatch ROUNDS INPUT COMMAND... [-- COMMAND...]...\n");
        return 2;
    }
    int rounds = atoi(argv[1]);
    int count = split(argv + 3, rounds, commands);
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < count; i++) {
            settle();
            run(&commands[i], argv[2], round);
        }
    }
    for (int i = 0; i < count; i++)
        (void)printf("%.0f %.0f %ld %d\n", median(commands[i].wall, rounds),
                     median(commands[i].cpu, rounds), commands[i].peak, commands[i].failed);
    return 0;
}
