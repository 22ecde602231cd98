import fc from 'fast-check'

// The same cases each time, so that a change is judged by what it changed; other ones whenever there is time for many.
if (!process.env.MBAUDIT_LONG) fc.configureGlobal({ seed: 2004 })
