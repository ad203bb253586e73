/** nginx files in the shapes that are found: the stock one, a site with a nested location, one full of Lua. */
export const nginxStock = `
#user  nobody;
worker_processes  1;

#error_log  logs/error.log;

events {
    worker_connections  1024;
}


http {
    include       mime.types;
    default_type  application/octet-stream;

    #log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
    #                  '$status $body_bytes_sent';
    sendfile        on;
    #gzip  on;

    server {
        listen       80;
        server_name  localhost;

        location / {
            root   html;
            index  index.html index.htm;
        }

        # deny access to .htaccess files
        #location ~ /\\.ht {
        #    deny  all;
        #}
    }


    # another virtual host
    #server {
    #    listen       8000;
    #}

}
`;

export const nginxSite = `upstream django {
    server unix:///run/x.sock; # for a file socket
}

server {
    listen 80 default_server;
    charset utf-8;

    location ~ ^/([0-9]+)(/.*)$ {
        proxy_pass  http://172.17.42.1:$1;
        proxy_set_header Host $host;
    }
    include b.conf;

    location / {
        uwsgi_pass django;
        include c.conf;
    }
}
`;

export const nginxLua = `http {
    init_by_lua_block {
        -- a } in a comment
        local s = "}" .. '}\\'}' .. [[ } ]] .. [==[ ]] } ]==]
        --[[ } ]]
        if x then y = {1, {2}} end
    }
    server { # }
        root "/x;\\"{";
        set $a "\${b}c";
        location ~ "^/a{2}$" { content_by_lua_block { ngx.say("}") } }
    }
}
`;
