/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes texts to files and does nothing else: what the kernel itself takes to move a
 * device between drivers, and a process to ask for it.
 *
 * usage: writes FILE TEXT [FILE TEXT]...   ("-": a newline, which clears an override)
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        int fd = open(argv[i], O_WRONLY | O_CLOEXEC);
        /* An empty write never reaches the kernel. */
        const char *text = strcmp(argv[i + 1], "-") != 0 ? argv[i + 1] : "\n";
        if (fd < 0 || write(fd, text, strlen(text)) < 0) {
            perror(argv[i]);
            return 1;
        }
        (void)close(fd);
    }
    return 0;
}
