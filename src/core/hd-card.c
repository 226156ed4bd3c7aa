/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a card is known by, besides its address.
 */
#include "hd-card.h"

void
hd_card_free(HdCard *card)
{
    if (card == NULL)
        return;
    g_free(card->interface);
    g_free(card->mac);
    g_free(card->port);
    g_free(card->serial);
    g_free(card);
}
