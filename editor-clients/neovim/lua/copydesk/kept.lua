-- What copydesk keeps of its user's, and how to be rid of it.

local daemon = require("copydesk.daemon")
local message = require("copydesk.message")

local M = {}

---Remove what is kept of the kinds that are named, once the writer has said yes.
---@param client vim.lsp.Client
---@param buffer integer
---@param kinds table[] as the server lists them
local function remove(client, buffer, kinds)
  local names, losses = {}, {}
  for _, kind in ipairs(kinds) do
    table.insert(names, kind.name)
    table.insert(losses, ("%s: %s"):format(kind.name, kind.lost))
  end
  local question = ("%s\nRemove %s for good?"):format(table.concat(losses, "\n"), table.concat(names, ", "))
  if vim.fn.confirm(question, "&Remove\n&Keep", 2, "Warning") ~= 1 then
    return
  end
  daemon.execute(client, buffer, "copydesk.clear", { what = names, confirmed = true }, function(result)
    if #result.problems > 0 then
      return message.say("copydesk could not remove all of it: " .. result.problems[1], vim.log.levels.WARN)
    end
    message.say("copydesk removed " .. table.concat(result.removed, ", "))
  end)
end

---Show what is kept, and remove what the writer chooses.
---@param client vim.lsp.Client
---@param buffer integer
function M.clear(client, buffer)
  daemon.execute(client, buffer, "copydesk.clear", nil, function(result)
    local choices, personal = {}, {}
    for _, kind in ipairs(result.kinds) do
      if kind.files > 0 then
        table.insert(choices, { kind })
        table.insert(personal, kind.personal and kind or nil)
      end
    end
    if #choices == 0 then
      return message.say("copydesk keeps nothing of yours")
    end
    if #personal > 1 then
      table.insert(choices, personal)
    end
    vim.ui.select(choices, {
      prompt = "Remove what? Documents, settings and what lies in projects stay.",
      kind = "copydesk",
      format_item = function(kinds)
        local first = kinds[1]
        return #kinds > 1 and "all of yours" or ("%s: %s (%d kB)"):format(first.name, first.holds, first.size / 1000)
      end,
    }, function(kinds)
      if kinds then
        remove(client, buffer, kinds)
      end
    end)
  end)
end

return M
