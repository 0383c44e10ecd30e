import fc from 'fast-check'

// On a developer's machine every run looks elsewhere, and finds what nobody thought of. Where the answer decides whether a
// change lands, the same change must get the same answer.
if (process.env.CI) fc.configureGlobal({ seed: 20_251_120 })
