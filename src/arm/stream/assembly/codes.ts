// Numbers that both sides of the WebAssembly boundary know: this file is compiled by AssemblyScript and imported by
// TypeScript, so it holds constants alone.

/** Bytes that one call of `look` takes at most: small enough for input and marks to stay in the processor's cache. */
export const WINDOW_BYTES = 32768
/** Nesting beyond this is refused, as by the reader. */
export const MAX_DEPTH = 400
/** Longer texts are neither names nor expressions anybody would look at: Azure takes 24,576 characters. */
export const MAX_TEXT_BYTES = 65536
/** Longer words are no names of functions; longer types are cut. */
export const MAX_NAME_BYTES = 256
/** So many different functions or types are told apart; more are counted together as `(other)`. */
export const MAX_NAMES = 1000
/** The longest word that stands for something in a template has fewer bytes. */
export const LONGEST_WORD = 15

// What may come next. The order counts: up to ITEM_MORE a value may begin, up to NAME_MORE a text.
export const VALUE = 0
/** In an array: a value, or its end; then the same after a comma. */
export const ITEM = 1
export const ITEM_MORE = 2
/** In an object: a name, or its end; then the same after a comma. */
export const NAME = 3
export const NAME_MORE = 4
export const COLON = 5
export const SEPARATOR = 6
export const END = 7

// Why `pass` stopped.
export const DONE = 0
/** A bare word that is no number or literal of JSON: a name without quotes, odd blanks, or a fault. */
export const WORD = 1
export const UNEXPECTED = 2
export const TOO_DEEP = 3
export const BAD_ESCAPE = 4
export const BAD_HEX = 5
/** A slash outside texts. */
export const SLASH_SEEN = 6
/** There are events to be heard. */
export const TOLD = 7
/** A resource that cannot be deployed has ended, or an element of resources that is no object was seen. */
export const BAD_RESOURCE = 8
/** The type of a resource is written with escapes. */
export const ESCAPED_TYPE = 9

// What an open object or array is to a template.
/** Of no interest, with all within it. */
export const SKIPPED = 0
/** Around the whole value. */
export const ROOT = 1
export const TEMPLATE = 2
export const RESOURCES = 3
export const RESOURCE = 4
export const PROPERTIES = 5
/** The array of namespaces, one of them, and its functions. */
export const FUNCTIONS = 6
export const NAMESPACE = 7
/** Objects whose members are counted. */
export const FUNCTION_NAMES = 8
export const PARAMETERS = 9
export const VARIABLES = 10
export const OUTPUTS = 11
export const ROLES = 12

// What the next text is the value of, beside the roles above.
export const NOTHING = 0
export const SCHEMA = 20
export const LANGUAGE = 21
export const TYPE = 22
export const NAME_OF = 23
export const VERSION = 24
/** Says that a resource is of another provider, which wants no version. */
export const ALIEN = 25
/** Gives all resources of a template their version. */
export const PROFILE = 26

// Events: what it is and two numbers, unless said otherwise. Offsets are of the memory and hold until the next chunk.
// SCHEMA and LANGUAGE with the range of the text are events too.
/** A nested template with bad resources counts: its number, that of the template around it, how many that had. */
export const ADOPTED = 1
/** For a writer: the offset of a comma that may go, -1 when it stands in a chunk before. */
export const COMMA_GOES = 2
/** For a writer: a value that is text and begins with `[`, from its quote to after the other. */
export const EXPRESSION = 3
/** Numbers of one event. */
export const EVENT_WORDS = 4

// What a resource has.
export const HAS_TYPE = 1
export const HAS_VERSION = 2
export const HAS_NAME = 4
/** Of another provider: it wants no version and no name. */
export const IS_ALIEN = 8
export const IS_DEPLOYMENT = 16
/** Instead of these: it is no object. */
export const NO_OBJECT = 32
/** Numbers of a resource, or of a list of them, at one depth. */
export const PLACE_WORDS = 8
