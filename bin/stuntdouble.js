#!/usr/bin/env node
// Syntax of 2009 on purpose, which is also why this directory is CommonJS: a Node that is too old, however old, must get
// as far as saying so.
var needed = [22, 19]
var found = process.versions.node
var parts = found.split('.')
var tooOld = Number(parts[0]) < needed[0] || (Number(parts[0]) === needed[0] && Number(parts[1]) < needed[1])
var lacking = 'stuntdouble needs Node ' + needed.join('.') + ' or later and found ' + found
var remedy = 'install it from https://nodejs.org, or run "npx -p node@24 -p stuntdouble stuntdouble".'

if (tooOld) {
  process.stderr.write(lacking + ': ' + remedy + '\n')
  process.exitCode = 1
} else {
  require('./start.mjs')
    .start(process.argv.slice(2))
    ['catch'](function (error) {
      process.stderr.write(error.stack + '\n')
      process.exitCode = 2
    })
}
