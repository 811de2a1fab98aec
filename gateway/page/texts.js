// What the page says, in each of its languages; English is also what index.html begins with.

export const texts = {
  en: {
    description: "A server for turn-based games.",
    language: "Language",
    heading: "A server for turn-based games",
    lead: "People and programs meet here and play. The server registers players, finds opponents, "
      + "keeps to the rules of the game, and tells everybody at once what has happened. A move "
      + "that it has confirmed is stored for good.",
    statusHeading: "Is it up?",
    checking: "Asking…",
    up: "Yes: everything answers.",
    ailing: "Not quite: {names} does not answer. What needs it has to wait.",
    down: "The server does not answer. It is asked again in a moment.",
    gamesHeading: "Games",
    gamesUnknown: "The list comes from the server itself.",
    players: { one: "{count} player", other: "{count} players" },
    titles: {},
    connectHeading: "Connect",
    connectText: "A client opens a WebSocket at this address:",
    protocolText: "Each text frame holds one JSON-RPC 2.0 message. A request has an id, and its "
      + "answer has the same one; requests may be answered in another order. What happens in a "
      + "game comes by itself, as a message without an id.",
    consoleHeading: "From a browser’s console",
    shellHeading: "From a shell, one question at a time",
    docsText: "All methods and events are described in docs/protocol.md, and a short bot in "
      + "docs/writing-a-bot.md, both in the source of this server.",
    copy: "Copy",
    copied: "Copied",
    version: "{name} {version}, protocol {protocol}",
  },
  ru: {
    description: "Сервер для пошаговых игр.",
    language: "Язык",
    heading: "Сервер для пошаговых игр",
    lead: "Здесь встречаются и играют люди и программы. Сервер регистрирует игроков, находит "
      + "соперников, следит за правилами игры и сразу сообщает всем, что произошло. Ход, который "
      + "он подтвердил, сохранён навсегда.",
    statusHeading: "Работает ли сервер?",
    checking: "Спрашиваем…",
    up: "Да: отвечают все службы.",
    ailing: "Не совсем: не отвечает {names}. Что от этого зависит, подождёт.",
    down: "Сервер не отвечает. Скоро спросим ещё раз.",
    gamesHeading: "Игры",
    gamesUnknown: "Список даёт сам сервер.",
    players: { one: "{count} игрок", few: "{count} игрока", many: "{count} игроков",
      other: "{count} игрока" },
    titles: { dobutsu: "Добуцу сёги" },
    connectHeading: "Подключение",
    connectText: "Клиент открывает WebSocket по этому адресу:",
    protocolText: "В каждом текстовом кадре одно сообщение JSON-RPC 2.0. У запроса есть id, и у "
      + "ответа на него тот же; ответы могут прийти в другом порядке. О событиях игры сервер "
      + "сообщает сам, сообщением без id.",
    consoleHeading: "Из консоли браузера",
    shellHeading: "Из командной строки, по одному вопросу",
    docsText: "Все методы и события описаны в docs/protocol.md, короткий бот\u00a0— в "
      + "docs/writing-a-bot.md; оба файла лежат в исходном коде этого сервера.",
    copy: "Скопировать",
    copied: "Скопировано",
    version: "{name} {version}, протокол {protocol}",
  },
};
