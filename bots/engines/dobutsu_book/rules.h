/* The rules of Dobutsu shogi, as in bots/engines/dobutsu_board.py: a position is seen by the side
   to move. */

#include <stdint.h>
#include <string.h>

enum { CHICK = 1, HEN, GIRAFFE, ELEPHANT, LION, THEIRS, THEIR_LION = LION + 5 };
enum { SQUARES = 12, HANDS = 6, LAST_RANK = 9, MAX_MOVES = 128 };

typedef struct { uint8_t at[SQUARES], hand[HANDS]; } Position;

static const uint8_t IN_HAND[] = {CHICK, GIRAFFE, ELEPHANT};
static const int HAND_OF_TAKEN[] = {[THEIRS] = 0, 0, 1, 2};
static uint16_t targets[THEIRS][SQUARES];

static void set_targets(void) {
    static const int steps[8][2] =
        {{0, 1}, {1, 0}, {0, -1}, {-1, 0}, {1, 1}, {1, -1}, {-1, -1}, {-1, 1}};
    static const int of_piece[THEIRS] = {0, 0x01, 0x9f, 0x0f, 0xf0, 0xff};
    for (int piece = CHICK; piece <= LION; piece++)
        for (int square = 0; square < SQUARES; square++)
            for (int step = 0; step < 8; step++) {
                int file = square % 3 + steps[step][0], rank = square / 3 + steps[step][1];
                if (of_piece[piece] >> step & 1 && file >= 0 && file < 3 && rank >= 0 && rank < 4)
                    targets[piece][square] |= 1 << (rank * 3 + file);
            }
}

static int is_own(int piece) { return piece && piece < THEIRS; }

static Position turned(const Position *before) {
    Position after;
    for (int square = 0; square < SQUARES; square++) {
        int piece = before->at[SQUARES - 1 - square];
        after.at[square] = !piece ? 0 : piece < THEIRS ? piece + 5 : piece - 5;
    }
    memcpy(after.hand, before->hand + 3, 3);
    memcpy(after.hand + 3, before->hand, 3);
    return after;
}

/* Returns 1 where the side to move can take the lion, -1 where the lion has reached its rank. */
static int end_of(const Position *position) {
    int lion = 0;
    while (position->at[lion] != THEIR_LION) lion++;
    for (int square = 0; square < SQUARES; square++) {
        int piece = position->at[square];
        if (is_own(piece) && targets[piece][square] >> lion & 1) return 1;
    }
    return lion < 3 ? -1 : 0;
}

/* Writes all moves, `source * 12 + target` with 12 to 14 for a hand; returns their number. */
static int moves_of(const Position *position, uint8_t *moves) {
    int number = 0;
    for (int source = 0; source < SQUARES; source++) {
        int piece = position->at[source];
        for (int target = 0; is_own(piece) && target < SQUARES; target++)
            if (targets[piece][source] >> target & 1 && !is_own(position->at[target]))
                moves[number++] = source * SQUARES + target;
    }
    for (int hand = 0; hand < 3; hand++)
        for (int target = 0; position->hand[hand] && target < SQUARES; target++)
            if (!position->at[target]) moves[number++] = (SQUARES + hand) * SQUARES + target;
    return number;
}

static Position after_move(const Position *before, int move) {
    Position after = *before;
    int source = move / SQUARES, target = move % SQUARES, taken = before->at[target], piece;
    if (source >= SQUARES) {
        piece = IN_HAND[source - SQUARES];
        after.hand[source - SQUARES]--;
    } else {
        piece = before->at[source];
        after.at[source] = 0;
        if (piece == CHICK && target >= LAST_RANK) piece = HEN;
        if (taken) after.hand[HAND_OF_TAKEN[taken]]++;
    }
    after.at[target] = piece;
    return turned(&after);
}
