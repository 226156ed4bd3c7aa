/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A program that does nothing: what the hook is measured against.
 */
int
main(void)
{
    return 0;
}
