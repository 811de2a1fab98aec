// A form by a JSON schema: for the options of a game, or for a move.

import { h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { isObject } from "../games/state_values.js";
import { inWords, labelOf } from "../games/words.js";

/** @typedef {Record<string, any>} Schema */
/** @typedef {{ element: HTMLElement, value: () => any }} Field */
/** @typedef {{ root: Schema, prefix: string, word: import("../games/words.js").Word, values: any[] }} Context */

const MAX_DEPTH = 6;

/**
 * Makes a form. `value` returns what is filled in; numbers are within their bounds.
 * @param {Schema} root
 * @param {{ prefix: string, word: import("../games/words.js").Word, values?: any[] }} options ids of elements begin with the prefix; the
 * first of the `values` that fits is filled in at first
 * @returns {Field}
 */
export function schemaForm(root, { prefix, word, values = [] }) {
  return field(filledIn(root, values[0]), "", { root, prefix, word, values }, 0);
}

/** Returns a schema with another default. @param {Schema} schema @param {any} value @returns {Schema} */
function filledIn(schema, value) {
  return value === undefined ? schema : { ...schema, default: value };
}

/** @param {Schema} given @param {string} name @param {Context} context @param {number} depth @returns {Field} */
function field(given, name, context, depth) {
  const { schema, optional } = resolved(given, context.root);
  const id = `${context.prefix}${name || "value"}`;
  const label = name ? labelOf(schema, name, context.word) : t("game.move");
  if ("const" in schema) {
    return { element: h("span", { hidden: true }), value: () => schema.const };
  }
  if (schema.enum) {
    return choice(schema.enum, id, label, schema, context);
  }
  if (depth < MAX_DEPTH && schema.properties) {
    return object(schema, id, name ? label : "", context, depth);
  }
  const kinds = schema.oneOf ?? schema.anyOf;
  if (depth < MAX_DEPTH && kinds) {
    return variants(kinds, id, label, context, depth);
  }
  if (schema.type === "boolean") {
    const box = h("input", { type: "checkbox", id, checked: Boolean(schema.default) });
    return { element: h("div", { class: "check" }, box, h("label", { for: id }, label)), value: () => box.checked };
  }
  if (schema.type === "array" && resolved(schema.items ?? {}, context.root).schema.enum) {
    return several(resolved(schema.items, context.root).schema.enum, id, label, schema, context);
  }
  return typed(schema, optional, id, label);
}

/**
 * Follows references, and looks through what allows null beside one schema.
 * @param {Schema} schema
 * @param {Schema} root
 * @returns {{ schema: Schema, optional: boolean }}
 */
function resolved(schema, root) {
  let [found, optional] = [schema, false];
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const others = (found.anyOf ?? []).filter((/** @type {Schema} */ each) => each.type !== "null");
    const { $ref, allOf, anyOf, ...rest } = found;
    if ($ref) {
      found = { ...$ref.split("/").slice(1).reduce((/** @type {any} */ at, /** @type {string} */ part) => at?.[part], root), ...rest };
    } else if (allOf?.length === 1) {
      found = { ...allOf[0], ...rest };
    } else if (anyOf && others.length < anyOf.length && others.length === 1) {
      [found, optional] = [{ ...others[0], ...rest }, true];
    } else {
      break;
    }
  }
  return { schema: found, optional };
}

/** @param {any[]} values @param {string} id @param {string} label @param {Schema} schema @param {Context} context @returns {Field} */
function choice(values, id, label, schema, { word }) {
  const select = h("select", { id }, values.map((each, index) => h("option", { value: index }, inWords(each, word))));
  select.value = String(Math.max(values.indexOf(schema.default), 0));
  return { element: labelled(id, label, select, schema), value: () => values[Number(select.value)] };
}

/** @param {any[]} values @param {string} id @param {string} label @param {Schema} schema @param {Context} context @returns {Field} */
function several(values, id, label, schema, { word }) {
  const boxes = values.map((each, index) => h("input", { type: "checkbox", id: `${id}-${index}`, checked: [schema.default].flat().includes(each) }));
  return {
    element: h("fieldset", {}, h("legend", {}, label),
      boxes.map((box, index) => h("div", { class: "check" }, box, h("label", { for: box.id }, inWords(values[index], word))))),
    value: () => values.filter((_, index) => boxes[index].checked),
  };
}

/** @param {Schema} schema @param {string} id @param {string} label @param {Context} context @param {number} depth @returns {Field} */
function object({ properties, default: values }, id, label, context, depth) {
  const fields = Object.entries(properties).map(([name, each]) =>
    /** @type {const} */ ([name, field(filledIn(each, values?.[name]), name, depth ? { ...context, prefix: `${id}-` } : context, depth + 1)]));
  const elements = fields.map(([, { element }]) => element);
  return {
    element: label ? h("fieldset", {}, h("legend", {}, label), elements) : h("div", { class: "form" }, elements),
    value: () => Object.fromEntries(fields.map(([name, { value }]) => [name, value()]).filter(([, value]) => value !== undefined)),
  };
}

/** Returns whether an object has the fields of a schema, and no others. @param {Schema} schema @param {any} value */
function isOf({ properties = {} }, value) {
  const names = isObject(value) ? Object.keys(value) : [];
  return names.length > 0 && names.length === Object.keys(properties).length
    && names.every((name) => properties[name] && ("const" in properties[name] ? properties[name].const === value[name] : true));
}

/** @param {Schema[]} kinds @param {string} id @param {string} label @param {Context} context @param {number} depth @returns {Field} */
function variants(kinds, id, label, context, depth) {
  const fields = kinds.map((kind, index) => {
    const value = context.values.find((each) => isOf(resolved(kind, context.root).schema, each));
    return field(filledIn(kind, value), "", { ...context, prefix: `${id}-${index}-` }, depth + 1);
  });
  const names = kinds.map((kind, index) => {
    const { title, properties = {} } = resolved(kind, context.root).schema;
    const tag = Object.values(properties).find((each) => "const" in each)?.const;
    return tag === undefined ? title ?? String(index + 1) : inWords(tag, context.word);
  });
  const select = h("select", { id, on: { change: () => show() } }, names.map((name, index) => h("option", { value: index }, name)));
  const show = () => fields.forEach(({ element }, index) => { element.hidden = index !== Number(select.value); });
  show();
  return {
    element: h("div", { class: "form" }, labelled(id, label, select, {}), fields.map(({ element }) => element)),
    value: () => fields[Number(select.value)].value(),
  };
}

/**
 * A field for a number, for text, or for any JSON value.
 * @param {Schema} schema @param {boolean} optional @param {string} id @param {string} label
 * @returns {Field}
 */
function typed(schema, optional, id, label) {
  const isNumber = schema.type === "integer" || schema.type === "number";
  const step = schema.type === "integer" ? 1 : 0;
  const min = schema.minimum ?? (schema.exclusiveMinimum === undefined ? undefined : schema.exclusiveMinimum + step);
  const max = schema.maximum ?? (schema.exclusiveMaximum === undefined ? undefined : schema.exclusiveMaximum - step);
  const preset = schema.default ?? (isNumber && !optional ? min ?? 0 : "");
  const input = h("input", isNumber
    ? { id, type: "number", min, max, step: step ? schema.multipleOf ?? 1 : "any", value: String(preset), inputmode: step ? "numeric" : "decimal" }
    : { id, type: "text", maxlength: schema.maxLength, autocomplete: "off", value: typeof preset === "string" ? preset : JSON.stringify(preset) });
  const number = () => Math.min(Math.max(Number(input.value), min ?? -Infinity), max ?? Infinity);
  return {
    element: labelled(id, label, input, schema),
    value: () => (input.value === "" && optional ? undefined : isNumber ? number() : schema.type === "string" ? input.value : parsed(input.value)),
  };
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text; // the server says what is wrong with it
  }
}

/** @param {string} id @param {string} label @param {HTMLElement} input @param {Schema} schema */
function labelled(id, label, input, { description }) {
  return h("div", { class: "field" }, h("label", { for: id }, label), input, description ? h("p", { class: "hint" }, description) : null);
}
