-- What was dismissed of a document, and how to see it again.

local daemon = require("copydesk.daemon")
local message = require("copydesk.message")

local M = {}

---@class copydesk.Dismissal
---@field dismissalId string
---@field title string what was dismissed, in a line
---@field reason string|vim.NIL

---List what was dismissed of a document; what is chosen is shown again.
---@param client vim.lsp.Client
---@param buffer integer
function M.show(client, buffer)
  local uri = vim.uri_from_bufnr(buffer)
  daemon.execute(client, buffer, "copydesk.dismissals", { uri = uri }, function(result)
    if #result.dismissals == 0 then
      return message.say("nothing was dismissed in this document")
    end
    vim.ui.select(result.dismissals, {
      prompt = "Show which notes again?",
      kind = "copydesk",
      ---@param one copydesk.Dismissal
      format_item = function(one)
        return one.reason == vim.NIL and one.title or ("%s, because: %s"):format(one.title, one.reason)
      end,
    }, function(one)
      if one then
        daemon.execute(client, buffer, "copydesk.restoreNote", { uri = uri, dismissalId = one.dismissalId })
      end
    end)
  end)
end

return M
