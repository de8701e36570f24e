-- What a configuration may use: require("copydesk").status().

local M = {}

---What runs, by client and by the token of its progress.
---@type table<integer, table<integer|string, { title: string, message: string? }>>
local running = {}

---@class copydesk.Engine
---@field state "ready"|"failed"|"off"|"unknown"
---@field short string who answers, in a few words

---Who answers, by client.
---@type table<integer, copydesk.Engine>
local engines = {}

---Take over who answers and what is running.
---@param state { engine: copydesk.Engine }
---@param client integer
function M.told(state, client)
  engines[client] = state.engine
  vim.cmd.redrawstatus({ bang = true })
end

---Return who answers in the current buffer, as far as that is known.
---@return string
local function answering()
  local client = require("copydesk.daemon").client()
  local engine = client and engines[client.id]
  return engine and engine.state ~= "unknown" and "copydesk: " .. engine.short or ""
end

---Return what copydesk is doing, for a status line. When it is idle that is empty, or with `engine` the model's name.
---@param options { engine: boolean? }?
---@return string
function M.status(options)
  local parts = {}
  for identity, jobs in pairs(running) do
    -- What ran in a server that has ended runs no more.
    for _, job in pairs(vim.lsp.get_client_by_id(identity) and jobs or {}) do
      table.insert(parts, job.message and ("%s, %s"):format(job.title, job.message) or job.title)
    end
  end
  table.sort(parts)
  if #parts == 0 and options and options.engine then
    return answering()
  end
  return table.concat(parts, " | ")
end

---Take over a step of a progress. Called for every |LspProgress|.
---@param data { client_id: integer, params: lsp.ProgressParams }
function M.progressed(data)
  local client = vim.lsp.get_client_by_id(data.client_id)
  if not client or client.name ~= "copydesk" then
    return
  end
  local token, value = data.params.token, data.params.value
  local jobs = running[client.id] or {}
  -- The title comes with the first step alone.
  local title = value.title or (jobs[token] or { title = "copydesk" }).title
  jobs[token] = value.kind ~= "end" and { title = title, message = value.message } or nil
  if value.kind == "end" then
    require("copydesk.preview").ended(client.id, token, value.message)
  end
  if value.kind == "end" and value.message then
    require("copydesk.message").conclude(("%s: %s"):format(title, value.message))
  end
  running[client.id] = jobs
  vim.cmd.redrawstatus({ bang = true })
end

return M
