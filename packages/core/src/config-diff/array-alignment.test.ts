import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../json.ts'
import { applyDiff } from './apply-diff.ts'
import { diffConfig } from './diff-config.ts'
import { formatPath } from './path.ts'

function changes(before: JsonValue, after: JsonValue): string[] {
  const diff = diffConfig(before, after)
  expect(applyDiff(before, diff)).toEqual(after)
  return diff.changes.map(
    ({ kind, path, from }) => `${kind} ${formatPath(path)}${from ? ` from ${formatPath(from)}` : ''}`,
  )
}

const system = { role: 'system', content: 'You are a helpful customer support assistant.' }
const user = { role: 'user', content: 'Where is my order {{order_id}}? I have been waiting for a week.' }
const answer = { role: 'assistant', content: 'Let me look that up for you right away.' }
const tool = (name: string, description: string) => ({ type: 'function', function: { name, description } })

describe('messages', () => {
  it('calls a message put in front one addition', () => {
    expect(changes([system, user, answer], [{ role: 'system', content: 'Be brief.' }, system, user, answer])).toEqual([
      'added [0]',
    ])
  })

  it('calls a message taken out of the middle one removal', () => {
    expect(changes([system, user, answer], [system, answer])).toEqual(['removed [1]'])
  })

  it('tells an edit from an addition beside it', () => {
    const edited = { ...user, content: `${user.content} Please answer.` }
    expect(changes([system, user], [{ role: 'system', content: 'Be brief.' }, system, edited])).toEqual([
      'added [0]',
      'modified [2].content',
    ])
  })

  it('tells a move from an edit, and sees both at once', () => {
    expect(changes([system, user, answer], [user, system, answer])).toEqual(['moved [1] from [0]'])
    const edited = { ...system, content: `${system.content} Be concise and professional.` }
    const long = { role: 'user', content: 'Something else entirely, to keep its place in the list.' }
    expect(changes([system, user, answer, long], [user, answer, long, edited])).toEqual([
      'moved [3] from [0]',
      'modified [3].content',
    ])
  })

  it('knows a message of few words again where it moved and was edited, and none that only has its role', () => {
    const short = (content: string) => ({ role: 'user', content })
    const edits: [string, string][] = [
      ['Be brief.', 'Be very brief.'],
      ['Be brief.', 'Be brief!'],
      ['Hello there', 'Hello there, you'],
      ['Be concise.', 'Be concise and kind.'],
    ]
    for (const [old, fresh] of edits) {
      expect(changes([short(old), system, answer], [system, answer, short(fresh)]), fresh).toEqual([
        'moved [2] from [0]',
        'modified [2].content',
      ])
    }
    for (const [old, fresh] of [
      ['Hello there', 'Goodbye now'],
      ['Yes', 'No'],
    ] as [string, string][])
      expect(changes([short(old), system, answer], [system, answer, short(fresh)])).toEqual([
        'removed [0]',
        'added [2]',
      ])
  })

  it('pairs a rewritten message with the one of its role', () => {
    const before = [system, { role: 'user', content: 'Hi' }]
    const after = [
      { role: 'system', content: 'Completely different words here' },
      { role: 'user', content: 'Bye' },
    ]
    expect(changes(before, after)).toEqual(['modified [0].content', 'modified [1].content'])
  })

  it('sees a changed role where the content stayed', () => {
    expect(changes([{ ...system, role: 'system' }], [{ ...system, role: 'developer' }])).toEqual(['modified [0].role'])
  })
})

describe('things with names', () => {
  it('matches tools by function name wherever they stand', () => {
    const before = [tool('search', 'Finds orders'), tool('refund', 'Pays back'), tool('ask', 'Asks a person')]
    const after = [tool('ask', 'Asks a person'), tool('search', 'Finds every order'), tool('refund', 'Pays back')]
    expect(changes(before, after)).toEqual(['moved [0] from [2]', 'modified [1].function.description'])
  })

  it("calls a tool put in another one's place removed and added", () => {
    expect(changes([tool('search', 'Finds orders')], [tool('transfer', 'Hands over to sales')])).toEqual([
      'removed [0]',
      'added [0]',
    ])
  })

  it('calls a tool with a new name and the old everything else renamed', () => {
    const words = 'Finds the orders of a customer by number, e-mail or date, newest first'
    expect(changes([tool('search', words)], [tool('search_orders', words)])).toEqual(['modified [0].function.name'])
  })

  it('matches objects by id before name', () => {
    const before = [
      { id: 1, name: 'a', v: 1 },
      { id: 2, name: 'b', v: 1 },
    ]
    const after = [
      { id: 2, name: 'a', v: 1 },
      { id: 1, name: 'b', v: 1 },
    ]
    expect(changes(before, after)).toEqual(['moved [0] from [1]', 'modified [0].name', 'modified [1].name'])
  })
})

describe('plain values', () => {
  it('calls one value put for another modified', () => {
    expect(changes({ a: [1, 2, 3] }, { a: [1, 5, 3] })).toEqual(['modified a[1]'])
    expect(changes(['x'], [1])).toEqual(['modified [0]'])
  })

  it('sees stop words come and go', () => {
    expect(changes(['END', 'STOP'], ['STOP', 'HALT', 'DONE'])).toEqual(['removed [0]', 'added [1]', 'added [2]'])
    expect(changes(['a', 'b', 'c'], ['b', 'c', 'a'])).toEqual(['moved [2] from [0]'])
  })

  it('keeps the paths of nested arrays in the indexes of their own side', () => {
    const rows = [['head'], [1, 2, 3, 4], ['tail']]
    expect(changes(rows, [['new', 'row'], ['head'], [1, 3, 4, 5], ['tail']])).toEqual([
      'added [0]',
      'removed [1][1]',
      'added [2][3]',
    ])
  })
})

describe('long arrays', () => {
  it('of plain values with little in common are replaced as a whole', () => {
    const vector = (factor: number) => Array.from({ length: 3000 }, (_, i) => (i * factor) % 101)
    expect(changes({ v: vector(7), w: 1 }, { v: vector(13), w: 2 })).toEqual(['modified v', 'modified w'])
    expect(changes({ v: vector(7) }, { v: vector(7).with(100, -1) })).toEqual(['modified v[100]'])
  })

  const edit = fc.tuple(
    fc.nat(250),
    fc.nat(250),
    fc.nat(2),
    fc.constantFrom<JsonValue>('new', 3, { role: 'user', content: 'x' }),
  )

  it('are aligned as exactly as short ones, few edits or many', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.array(edit, { maxLength: 60 }), (kinds, edits) => {
        const before: JsonValue[] = Array.from({ length: 250 }, (_, i) => ({ role: 'user', content: `m${i % kinds}` }))
        const after = before.slice()
        for (const [from, to, how, fresh] of edits) {
          if (how === 0) after.splice(to, 0, fresh)
          else if (how === 1) after.splice(from, 1)
          else after.splice(to, 0, ...after.splice(from, 1))
        }
        const there = diffConfig(before, after)
        expect(applyDiff(before, there)).toEqual(after)
        expect(there.changes.length).toBeLessThanOrEqual(edits.length * 2)
        expect(diffConfig(after, before).changes.length).toBe(there.changes.length)
      }),
    )
  })

  it('are replaced as a whole from 100,000 elements on, where they part everywhere', () => {
    const numbers = Array.from({ length: 110_000 }, (_, at) => at)
    const changed = numbers.map((number) => (number % 10 === 0 ? -number - 1 : number))
    expect(changes({ numbers }, { numbers: changed })).toEqual(['modified numbers'])
    expect(changes({ numbers }, { numbers: numbers.toSpliced(7, 1) })).toEqual(['removed numbers[7]'])
  })
})
