/*
 * A table that tells of each three characters in a row what may stand there: one lookup for each character of a text is all
 * that clean text costs. Others may share a slot: whoever finds something there looks again.
 *
 * Of a character counts its low byte, and of that one of 32 kinds: three kinds make 15 bits, and of 32 KB ordinary text
 * touches little, which a processor keeps near.
 */

export const SLOTS = 0x8000

/**
 * The kind of each byte. Letters count in any case, and digits as letters that words have seldom; marks at which something
 * is looked for stand away from both. All else is of kind 0.
 */
export const KINDS: Uint8Array = kinds(
  'a b6 c d e f g9 h i j3 k4 l m n o p q0 r s t u v5 w8 x2 y7 z1 -_ =@＝ :>：| ./ +$[~',
)

/** The state after one more character of this kind. */
export const next = (state: number, kind: number): number => (state << 5) ^ kind

/** Of the last three characters. */
export const slotOf = (state: number): number => state & 0x7fff

/** The slots of a piece's first three characters, in any case; of two there are many. */
export function slotsOf(piece: string): number[] {
  const characters = piece.slice(0, 3).split('')
  let states = characters.length < 3 ? [...Array(32).keys()] : [0]
  for (const character of characters) {
    const same = new Set([character, character.toLowerCase(), character.toUpperCase()].map(kindOf))
    states = states.flatMap((state) => [...same].map((kind) => next(state, kind)))
  }
  return [...new Set(states.map(slotOf))]
}

/** All slots of what ends with this character. */
export function slotsOfLast(character: string): number[] {
  return Array.from({ length: SLOTS >> 5 }, (_, state) => slotOf(next(state, kindOf(character))))
}

function kindOf(character: string): number {
  return KINDS[lowByte(character)] as number
}

function lowByte(character: string): number {
  return character.charCodeAt(0) & 0xff
}

function kinds(groups: string): Uint8Array {
  const table = new Uint8Array(256)
  for (const [at, group] of groups.split(' ').entries()) {
    for (const character of group + group.toUpperCase()) table[lowByte(character)] = at + 1
  }
  return table
}
