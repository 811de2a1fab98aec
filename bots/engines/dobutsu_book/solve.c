/* Solves Dobutsu shogi, and writes the replies by which the second player wins: see README.md.

   The search forward finds all positions that can be reached, but for those in which the side to
   move can take the lion; the search backward finds who wins each, and in how many plies. */

#include "rules.h"
#include <stdio.h>
#include <stdlib.h>

enum { UNKNOWN = 255, MAX_FOUND = 1024, MAX_POSITIONS = 100000000, SLOTS = 1 << 28 };

typedef uint64_t Key; /* the same for a position and its mirror image */

static Key *keys;         /* by number of a position, from 1 */
static uint8_t *distance; /* in plies; odd where the side to move wins */
static uint8_t *waiting;  /* how many of the positions after it the other side may not win */
static uint32_t *table, count;

static Key key_of(const Position *position) {
    Key key = 0;
    for (int square = 0; square < SQUARES; square++) key = key << 4 | position->at[square];
    Key first_files = key & 0xf00f00f00f00, last_files = key & 0x00f00f00f00f;
    Key mirrored = first_files >> 8 | (key & 0x0f00f00f00f0) | last_files << 8;
    if (mirrored < key) key = mirrored;
    for (int hand = 0; hand < HANDS; hand++) key = key << 2 | position->hand[hand];
    return key;
}

static Position position_of(Key key) {
    Position position;
    for (int hand = HANDS - 1; hand >= 0; hand--, key >>= 2) position.hand[hand] = key & 3;
    for (int square = SQUARES - 1; square >= 0; square--, key >>= 4) position.at[square] = key & 15;
    return position;
}

static uint32_t slot_of(Key key) {
    key *= 0x9e3779b97f4a7c15;
    key = (key ^ key >> 29) * 0xbf58476d1ce4e5b9;
    return key >> 36;
}

/* Returns the slot that has the number of a position, or where it would be entered. */
static uint32_t find(Key key) {
    uint32_t slot = slot_of(key);
    while (table[slot] && keys[table[slot]] != key) slot = (slot + 1) % SLOTS;
    return slot;
}

/* Finds the numbers of positions, each once, where need be new ones; returns how many. */
static int numbers_of(const Key *wanted, int number, uint32_t *found, int may_add) {
    int known = 0;
    for (int i = 0; i < number; i++) __builtin_prefetch(table + slot_of(wanted[i]));
    for (int i = 0; i < number; i++) __builtin_prefetch(keys + table[slot_of(wanted[i])]);
    for (int i = 0; i < number; i++) {
        uint32_t *each = table + find(wanted[i]);
        if (!*each && may_add) {
            if (count == MAX_POSITIONS) exit(1);
            keys[*each = ++count] = wanted[i];
        }
        int is_passed = !*each;
        for (int j = 0; j < known; j++) is_passed |= found[j] == *each;
        if (!is_passed) found[known++] = *each;
    }
    return known;
}

/* Adds the positions after one, and notes if it is won or lost at once. */
static void search_forward(uint32_t number) {
    Position before = position_of(keys[number]);
    uint8_t moves[MAX_MOVES];
    Key after[MAX_MOVES];
    uint32_t found[MAX_MOVES];
    int legal = moves_of(&before, moves), safe = 0, wins = 0;
    for (int i = 0; i < legal; i++) {
        Position each = after_move(&before, moves[i]);
        int end = end_of(&each);
        if (end < 0) wins = 1;
        if (!end) after[safe++] = key_of(&each);
    }
    waiting[number] = numbers_of(after, safe, found, 1);
    distance[number] = wins ? 1 : safe ? UNKNOWN : 2;
}

/* Finds the positions that are a move before one; returns their number. */
static int positions_before(uint32_t number, uint32_t *found) {
    Position own = position_of(keys[number]), last = turned(&own);
    Key before[MAX_FOUND];
    int total = 0;
    for (int target = 0; target < SQUARES; target++) {
        int piece = last.at[target];
        if (!is_own(piece)) continue;
        Position lifted = last;
        lifted.at[target] = 0;
        for (int hand = 0; hand < 3; hand++)
            if (piece == IN_HAND[hand]) {
                Position each = lifted;
                each.hand[hand]++;
                before[total++] = key_of(&each);
            }
        for (int was = piece == HEN && target >= LAST_RANK ? CHICK : piece; was <= piece; was++) {
            if (was == CHICK && piece == CHICK && target >= LAST_RANK) continue;
            for (int source = 0; source < SQUARES; source++) {
                if (last.at[source] || !(targets[was][source] >> target & 1)) continue;
                Position each = lifted;
                each.at[source] = was;
                before[total++] = key_of(&each);
                for (int taken = THEIRS; taken < THEIR_LION; taken++) {
                    int hand = HAND_OF_TAKEN[taken];
                    if (!last.hand[hand]) continue;
                    Position taking = each;
                    taking.at[target] = taken;
                    taking.hand[hand]--;
                    before[total++] = key_of(&taking);
                }
            }
        }
    }
    return numbers_of(before, total, found, 0);
}

static void search_backward(void) {
    int found_any = 1;
    for (int plies = 1; found_any || plies < 3; plies++) {
        found_any = 0;
        for (uint32_t number = 1; number <= count; number++) {
            if (distance[number] != plies) continue;
            uint32_t before[MAX_FOUND];
            int total = positions_before(number, before);
            found_any = 1;
            for (int i = 0; i < total; i++) {
                uint32_t each = before[i];
                if (distance[each] != UNKNOWN) continue;
                if (plies % 2 == 0 || !--waiting[each]) distance[each] = plies + 1;
            }
        }
    }
}

/* Writes a position that is won, and the reply; returns the number of the position after it. */
static uint32_t write_reply(uint32_t number, const uint8_t *seen) {
    Position before = position_of(keys[number]);
    uint8_t moves[MAX_MOVES], reply = 0;
    uint32_t reached = 0;
    int legal = moves_of(&before, moves), least = UNKNOWN;
    for (int i = 0; i < legal; i++) {
        Position after = after_move(&before, moves[i]);
        if (end_of(&after)) continue;
        uint32_t each = table[find(key_of(&after))];
        int plies = seen[each] ? 0 : distance[each];
        if (distance[each] % 2 || distance[each] > distance[number] || plies >= least) continue;
        least = plies, reply = moves[i], reached = each;
    }
    fwrite(&before, sizeof before, 1, stdout);
    putchar(reply);
    return reached;
}

/* Writes replies to all that the first player can do, until so few plies are left. */
static void write_replies(uint32_t start, int left) {
    uint8_t *seen = calloc(count + 1, 1), moves[MAX_MOVES];
    uint32_t *queue = malloc(sizeof *queue * count), queued = 1;
    queue[0] = start;
    for (uint32_t next = 0; next < queued; next++) {
        Position before = position_of(keys[queue[next]]);
        int legal = moves_of(&before, moves);
        for (int i = 0; i < legal; i++) {
            Position after = after_move(&before, moves[i]);
            uint32_t number = end_of(&after) ? 0 : table[find(key_of(&after))];
            if (!number || seen[number] || distance[number] <= left) continue;
            seen[number] = 1;
            uint32_t reached = write_reply(number, seen);
            if (!seen[reached]) queue[queued++] = reached;
            seen[reached] = 1;
        }
    }
}

int main(int argc, char **argv) {
    Position first = {{ELEPHANT, LION, GIRAFFE, 0, CHICK, 0, 0, THEIRS, 0, 8, THEIR_LION, 9}, {0}};
    Key key = key_of(&first);
    uint32_t start;
    keys = malloc(sizeof *keys * (MAX_POSITIONS + 1));
    distance = malloc(MAX_POSITIONS + 1);
    waiting = malloc(MAX_POSITIONS + 1);
    table = calloc(SLOTS, sizeof *table);
    set_targets();
    numbers_of(&key, 1, &start, 1);
    for (uint32_t number = start; number <= count; number++) search_forward(number);
    fprintf(stderr, "%u positions\n", count);
    search_backward();
    fprintf(stderr, "the second player wins in %d plies\n", distance[start]);
    write_replies(start, argc > 1 ? atoi(argv[1]) : 7);
}
