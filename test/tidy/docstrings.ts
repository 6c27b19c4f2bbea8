import type { Node } from 'oxc-parser'
import { type Declarations, type Declared, declarationsOf, typesMentionedIn } from './declarations.ts'
import { type Finding, findingAt, type Rule } from './project.ts'

/** Every name that a door of the package exports is documented where it is declared. */
export const exportsAreDocumented: Rule = {
  name: 'every public export has a docstring',
  check: (project) =>
    declarationsOf(project).exported.flatMap(({ file, name, statement }) =>
      file.docBefore(statement) === undefined
        ? [findingAt(file, statement, `${name} is public: say in one sentence what it does, or is.`)]
        : [],
    ),
}

/**
 * Every field of a public options type is documented. Options are types that are named so, and whatever a public
 * function takes as its `options`, `settings`, `definition` or the like.
 */
export const optionsAreDocumented: Rule = {
  name: 'every option field has a docstring',
  check: (project) => {
    const declarations = declarationsOf(project)
    const types = publicTypesOf(declarations)
    const taken = optionTypesTaken(declarations)
    return [...types]
      .filter((type) => /(?:Options|Bounds|Tuning|Settings|Spec|Definition|Init)$/.test(type.name) || taken.has(type))
      .flatMap(undocumentedFieldsOf)
  },
}

/** What the doors export, and every type of ours that this mentions, however deep. */
function publicTypesOf(declarations: Declarations): Set<Declared> {
  const reached = new Set<Declared>(declarations.exported)
  for (const declared of reached) {
    for (const name of typesMentionedIn(signatureOf(declared.node))) {
      const type = declarations.find(declared.file, name)
      if (type) reached.add(type)
    }
  }
  return reached
}

/** Without the body of a function: what it works with inside is nobody's business. */
function signatureOf(node: Node): Node {
  if (node.type === 'FunctionDeclaration') return { ...node, body: null }
  if (node.type === 'VariableDeclarator') return { ...node, init: null }
  return node
}

const optionParameter = /^(?:options|settings|definition|init|spec|tuning|bounds)$/

function optionTypesTaken(declarations: Declarations): Set<Declared> {
  const taken = new Set<Declared>()
  for (const { file, node } of declarations.exported) {
    if (node.type !== 'FunctionDeclaration' && node.type !== 'TSDeclareFunction') continue
    for (const parameter of node.params) {
      const target = parameter.type === 'AssignmentPattern' ? parameter.left : parameter
      if (target.type !== 'Identifier' || !optionParameter.test(target.name) || !target.typeAnnotation) continue
      for (const name of typesMentionedIn(target.typeAnnotation)) {
        const type = declarations.find(file, name)
        if (type) taken.add(type)
      }
    }
  }
  return taken
}

function undocumentedFieldsOf({ file, name, node }: Declared): Finding[] {
  return fieldsOf(node).flatMap((field) => {
    if (file.docBefore(field) !== undefined || isTag(field)) return []
    const key = field.type === 'TSPropertySignature' || field.type === 'TSMethodSignature' ? field.key : field
    const says = `${name}.${file.text.slice(key.start, key.end)} is an option: say what it sets, in which unit, and what holds without it.`
    return [findingAt(file, field, says)]
  })
}

/** Fields of an interface, or of the object types that an alias is put together from; not those of nested types. */
function fieldsOf(node: Node): Node[] {
  switch (node.type) {
    case 'TSInterfaceDeclaration':
      return node.body.body
    case 'TSTypeAliasDeclaration':
      return fieldsOf(node.typeAnnotation)
    case 'TSTypeLiteral':
      return node.members
    case 'TSIntersectionType':
    case 'TSUnionType':
      return node.types.flatMap(fieldsOf)
    case 'TSParenthesizedType':
      return fieldsOf(node.typeAnnotation)
    default:
      return []
  }
}

/** The name of a variant: `fault: 'hang'`. Its type says all there is to say. */
function isTag(field: Node): boolean {
  if (field.type !== 'TSPropertySignature' || field.optional) return false
  const type = field.typeAnnotation?.typeAnnotation
  const variants = type?.type === 'TSUnionType' ? type.types : type ? [type] : []
  return (
    field.key.type === 'Identifier' &&
    /^(?:fault|kind|type)$/.test(field.key.name) &&
    variants.every((variant) => variant.type === 'TSLiteralType')
  )
}
