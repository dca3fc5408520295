// Everything that the pages do by themselves. Each module listens on the document, so that parts swapped in work too.
import "./themes.js";
import "./dialogs.js";
import "./menus.js";
import "./toasts.js";
import "./keys.js";
import "./palette.js";
import "./conversation.js";
import "./corrections.js";
import "./upload.js";
import "./reply.js";
import "./check.js";
import "./passkeys.js";
import "./copy.js";
import "./print.js";
import "./waiting.js";
import "./set-up.js";
import "./call-left.js";
